"""When the ledger turns while somebody looks on, what waited is planned by itself; nothing is applied by that."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from screens.course import Course
from screens.messages import CustomerSeen
from screens.progressing import Progressing
from tests.workspaces import with_examples
from wizard.deploy.target import Target, open_target
from wizard.errors import AccountError
from wizard.walk.finished import Progress, Stand
from wizard.walk.speculation import Speculation
from wizard.workspace import Workspace


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return open_target(Workspace(with_examples(tmp_path)), "acme-prod")


class Screen:
    """As much of the wizard's screen as a message of the handoff reaches."""

    def __init__(self, target: Target, link: Stand, *, changed: bool = False, held: str = "") -> None:
        self.begun: list[tuple[Target, str]] = []
        ahead = SimpleNamespace(begin=lambda target, stack="": self.begun.append((target, stack)))
        desk: Any = SimpleNamespace(ahead=ahead, workspace=target.workspace)
        self.course = Course(self, desk, target.place, lambda _walk: None)  # type: ignore[arg-type]
        self.course.progress = Progress("deployment", {"instance": Stand.APPLIED, "link": link})
        self.course.held = lambda _walk: held  # type: ignore[method-assign]
        self.walk = SimpleNamespace(target=target, changed=changed)

    def refresh_around(self) -> None:
        pass

    def seen(self, *, accepted: bool) -> None:
        Progressing._customer_seen(self, CustomerSeen(accepted=accepted))  # type: ignore[arg-type]


def test_the_plan_of_the_link_is_made_once_when_it_turns(target: Target) -> None:
    screen = Screen(target, Stand.TO_PLAN)

    screen.seen(accepted=False)
    assert screen.begun == []
    screen.seen(accepted=True)
    screen.seen(accepted=True)
    assert screen.begun == [(target, "link")]


@pytest.mark.parametrize(
    "other",
    [{"link": Stand.APPLIED}, {"link": Stand.RUNNING}, {"changed": True}, {"held": "1 critical finding"}],
    ids=str,
)
def test_nothing_is_planned_where_nothing_waits_or_the_answers_are_not_final(
    target: Target, other: dict[str, Any]
) -> None:
    screen = Screen(target, **{"link": Stand.TO_PLAN, **other})

    screen.seen(accepted=True)

    assert screen.begun == []


def test_what_is_made_ahead_is_of_the_stack_that_was_named(target: Target) -> None:
    def cannot(_target: Target) -> Any:
        raise AccountError("the session has ended", action="log in")

    speculation = Speculation(cannot)
    try:
        speculation.begin(target)
        assert speculation._wanted(target, "instance") is not None
        speculation.begin(target, "link")
        assert speculation._wanted(target, "instance") is None
        assert speculation._wanted(target, "link") is not None
    finally:
        speculation.close()
