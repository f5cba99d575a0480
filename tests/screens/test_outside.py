"""Going outside and coming back: a login wherever one turns out to be needed, a shell on a node; the screens as they were."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, OptionList

from screens.app import Planewright
from screens.errands import NOBODY
from screens.logging_in import LoggingIn
from screens.node_shell import NodeShell
from screens.outside import Errand
from screens.wizard import WizardScreen
from tests.nodes import NODES, applied, node
from tests.screens.shell import FakeDesk, Shell, desk
from tests.screens.test_shell import Session, screen_text, wizard
from tests.workspaces import with_examples
from wizard.aws import login
from wizard.aws import session as aws
from wizard.aws.commands import NodePing
from wizard.deploy import session as sessions
from wizard.deploy.target import Target
from wizard.errors import AccountError, AwsError, LoginNeededError, PlanewrightError
from wizard.findings import Finding, Severity
from wizard.walk.steps import Step

NEEDED = LoginNeededError(
    "could not tell whose credentials these are",
    command=("aws", "sso", "login", "--profile", "ops"),
    cause="the SSO session has ended",
    action="aws sso login --profile ops, then run the command again",
)
UNUSABLE = Finding(
    code=NOBODY, severity=Severity.CRITICAL, path="account.profile", what="w", why="y", remedy="log in",
)  # fmt: skip
ME = aws.Identity("111111111111", "arn:aws:sts::111111111111:assumed-role/Operator/olga", "AROA:olga")


class Outside:
    """What is outside, as a test says: who calls, which errors there are; and what was done, in order."""

    def __init__(self) -> None:
        self.errors: list[PlanewrightError] = []
        self.login_fails: PlanewrightError | None = None
        self.shell_fails: PlanewrightError | None = None
        self.pings = {node(key).instance_id: NodePing("Online", "3.3", None) for key in NODES}
        self.done: list[str] = []
        #: What was told in passing.
        self.told: list[str] = []

    def identity(self) -> aws.Identity:
        if self.errors:
            raise self.errors.pop(0)
        return ME

    def log_in(self, needed: LoginNeededError, _environ: object) -> None:
        self.done.append(" ".join(needed.command))
        if self.login_fails is not None:
            raise self.login_fails

    def run(self, shell: sessions.Shell) -> None:
        self.done.append(shell.line)
        if self.shell_fails is not None:
            raise self.shell_fails


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Outside:
    made = Outside()
    monkeypatch.setattr(aws, "open_session", lambda *_args, **_options: made)
    monkeypatch.setattr(login, "log_in", made.log_in)
    monkeypatch.setattr(sessions, "reached", lambda _session, _nodes: made.pings)

    def ready(target: Target, _session: object, key: str) -> sessions.Shell:
        found = sessions.nodes_of(target)[key]
        sessions.require_online(key, found, made.pings.get(found.instance_id))
        return sessions.Shell(key, found, ("aws", *sessions.command(found, target.shard.account)[1:]), {})

    monkeypatch.setattr(sessions, "shell", ready)
    monkeypatch.setattr(sessions, "run", made.run)
    monkeypatch.setattr("sys.stdin", io.StringIO("\n" * 9))

    monkeypatch.setattr(Planewright, "notify", lambda _app, said, **_how: made.told.append(said))

    @contextmanager
    def suspended(_app: Planewright) -> Iterator[None]:
        made.done.append("suspended")
        yield
        made.done.append("resumed")

    monkeypatch.setattr(Planewright, "suspend", suspended)
    return made


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDesk:
    monkeypatch.setattr("screens.checking.PAUSE_S", 0.05)
    made = desk(with_examples(tmp_path))
    applied(made.workspace.place("deployment", "acme-prod"))
    return made


def in_footer(s: Session) -> bool:
    return s.app.login_needed


# -- logging in


async def test_a_login_is_offered_where_the_credentials_are_of_no_use_and_gone_when_they_are(
    at: FakeDesk, outside: Outside
) -> None:
    at.look.findings = (UNUSABLE,)
    outside.errors = [NEEDED]
    async with wizard(at) as s:
        await s.until(lambda: in_footer(s))
        at.look.findings = ()
        await s.press("ctrl+l")
        await s.until(lambda: isinstance(s.app.screen, WizardScreen) and not s.screen.walk.checking)
        assert outside.done == ["suspended", "aws sso login --profile ops", "resumed"]
        await s.until(lambda: not in_footer(s))


@pytest.mark.parametrize("step", [Step.DATABASE, Step.REVIEW, Step.PLAN])
async def test_it_is_offered_in_whatever_step_it_comes_up(at: FakeDesk, outside: Outside, step: Step) -> None:
    async with wizard(at, step=step) as s:
        await s.checked()
        assert not in_footer(s)
        await s.press("ctrl+l")
        assert outside.done == [], "nobody is sent outside without need"
        target = s.screen.walk.target
        assert target is not None

        def worker() -> None:
            with pytest.raises(LoginNeededError), at.noting(target):
                raise NEEDED

        s.app.run_worker(worker, thread=True)
        await s.until(lambda: in_footer(s))
        assert outside.told == [
            "could not tell whose credentials these are: aws sso login --profile ops. ^l logs in here, in this terminal."
        ]
        outside.errors = [NEEDED]
        await s.press("ctrl+l")
        await s.until(lambda: outside.done == ["suspended", "aws sso login --profile ops", "resumed"])
        await s.until(lambda: not in_footer(s))
        assert s.step is step


async def test_what_was_typed_and_where_is_as_it_was(at: FakeDesk, outside: Outside) -> None:
    at.look.findings = (UNUSABLE,)
    outside.errors = [NEEDED]
    async with wizard(at) as s:
        await s.checked()
        field = s.screen.query_one("#database-port", Input)
        field.focus()
        await s.type("#database-port", "5433")
        await s.press("ctrl+l")
        await s.until(lambda: isinstance(s.app.screen, WizardScreen) and "resumed" in outside.done)
        assert field.value == "5433"
        assert s.app.focused is field
        assert s.step is Step.DATABASE


async def test_after_the_login_everything_is_asked_anew(at: FakeDesk, outside: Outside) -> None:
    at.look.findings = (UNUSABLE,)
    outside.errors = [NEEDED]
    async with wizard(at) as s:
        await s.checked()
        before = at.look.asked
        await s.press("ctrl+l")
        await s.until(lambda: at.look.asked > before)


async def test_credentials_that_will_do_after_all_need_no_login(at: FakeDesk, outside: Outside) -> None:
    at.look.findings = (UNUSABLE,)
    async with wizard(at) as s:
        await s.checked()
        await s.press("ctrl+l")
        await s.until(lambda: outside.told == [f"✓ AWS takes these credentials: {ME.arn}. Checking again."])
        assert outside.done == []


async def test_a_login_that_fails_says_why_and_can_be_tried_again(at: FakeDesk, outside: Outside) -> None:
    at.look.findings = (UNUSABLE,)
    outside.errors = [NEEDED, NEEDED]
    outside.login_fails = AccountError("the login did not succeed", cause="it ended with 255", action="correct it")
    async with wizard(at) as s:
        await s.checked()
        await s.press("ctrl+l")
        await s.until(lambda: "✗ the login did not succeed" in screen_text(s.app))
        assert "next: correct it" in screen_text(s.app)
        await s.press("ctrl+y")
        assert "it ended with 255" in s.app.clipboard
        outside.login_fails = None
        await s.press("r")
        await s.until(lambda: isinstance(s.app.screen, WizardScreen))
        assert outside.done.count("resumed") == 2


async def test_a_login_as_somebody_of_another_account_is_refused(
    at: FakeDesk, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    at.look.findings = (UNUSABLE,)
    outside.errors = [NEEDED]
    monkeypatch.setattr(
        outside, "identity", lambda was=outside.identity: aws.Identity("222222222222", was().arn, "AROA:else")
    )
    async with wizard(at) as s:
        await s.checked()
        await s.press("ctrl+l")
        await s.until(lambda: "these credentials are for account 222222222222" in screen_text(s.app))
        assert in_footer(s)


async def test_where_the_terminal_cannot_be_lent_the_command_is_told(
    at: FakeDesk, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    from textual.app import App

    monkeypatch.setattr(Planewright, "suspend", App.suspend)  # a test's terminal is one
    at.look.findings = (UNUSABLE,)
    outside.errors = [NEEDED]
    async with wizard(at) as s:
        await s.checked()
        await s.press("ctrl+l")
        await s.until(lambda: "run it in a terminal of its own: aws sso login --profile ops" in screen_text(s.app))
        assert outside.done == []
        await s.press("escape")
        assert isinstance(s.app.screen, WizardScreen)


# -- a shell on a node


async def with_nodes(s: Session) -> OptionList:
    await s.press("ctrl+t")
    await s.until(lambda: isinstance(s.app.screen, NodeShell) and s.app.screen.query_one(OptionList).option_count > 0)
    return s.app.screen.query_one(OptionList)


async def test_the_nodes_are_shown_with_how_they_are_and_one_is_chosen(at: FakeDesk, outside: Outside) -> None:
    outside.pings[node("fdw-1").instance_id] = NodePing("ConnectionLost", "3.3", None)
    del outside.pings[node("proxy-0").instance_id]
    async with wizard(at) as s:
        await with_nodes(s)
        shown = screen_text(s.app)
        assert "● online           fdw-0" in shown
        assert "✗ ConnectionLost   fdw-1" in shown
        assert "✗ never registered proxy-0" in shown
        await s.press("enter")
        await s.until(lambda: isinstance(s.app.screen, WizardScreen))
        line = f"aws ssm start-session --target {node('fdw-0').instance_id} --region us-east-1"
        assert outside.done == ["suspended", line, "resumed"]


async def test_nodes_that_nobody_may_ask_for_without_a_login_are_asked_for_after_it(
    at: FakeDesk, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = sessions.reached

    def reached(session: Any, nodes: Any) -> Any:
        session.identity()
        return known(session, nodes)

    monkeypatch.setattr(sessions, "reached", reached)
    outside.errors = [NEEDED, NEEDED]
    async with wizard(at) as s:
        await s.press("ctrl+t")
        await s.until(lambda: isinstance(s.app.screen, NodeShell) and s.app.screen.failed is not None)
        assert "^l logs in · r tries again" in screen_text(s.app)
        await s.press("ctrl+l")
        await s.until(lambda: "resumed" in outside.done and isinstance(s.app.screen, NodeShell))
        await s.until(lambda: s.app.screen.query_one(OptionList).option_count > 0)


async def test_the_only_node_is_not_asked_for(at: FakeDesk, outside: Outside) -> None:
    applied(at.workspace.place("deployment", "acme-prod"), ["fdw-0"])
    async with wizard(at) as s:
        await s.press("ctrl+t")
        await s.until(lambda: "resumed" in outside.done)


async def test_a_node_that_is_not_online_says_what_to_do(at: FakeDesk, outside: Outside) -> None:
    outside.pings.clear()
    async with wizard(at) as s:
        await with_nodes(s)
        await s.press("enter")
        await s.until(lambda: "its agent has never registered" in screen_text(s.app))
        assert outside.done == []


async def test_before_the_apply_there_is_no_shell(at: FakeDesk, outside: Outside) -> None:
    async with wizard(at, "globex-prod") as s:
        await s.press("ctrl+t")
        await s.until(lambda: "globex-prod has no nodes yet" in screen_text(s.app))
        assert "planewright apply globex-prod" in screen_text(s.app)


async def test_a_shell_that_is_cut_off_is_told_and_the_screens_are_there(at: FakeDesk, outside: Outside) -> None:
    outside.shell_fails = AwsError("the shell on fdw-0 did not open, or was cut off", cause="it ended with 254")
    async with wizard(at) as s:
        await with_nodes(s)
        await s.press("enter")
        await s.until(lambda: "why:  it ended with 254" in screen_text(s.app))
        assert outside.done[-1] == "resumed"
        await s.press("escape")
        assert s.step is Step.DATABASE


async def test_presenter_mode_masks_the_nodes_and_says_what_it_cannot_mask(at: FakeDesk, outside: Outside) -> None:
    async with wizard(at) as s:
        s.app.action_presenter()
        await with_nodes(s)
        shown = screen_text(s.app)
        assert node("fdw-0").private_ip not in shown
        assert "presenter mode masks nothing in it" in shown


async def test_from_the_list_it_is_the_deployment_under_the_cursor(at: FakeDesk, outside: Outside) -> None:
    app = Planewright(at)
    async with app.run_test(size=(120, 40)) as pilot:
        s = Session(app, pilot)  # type: ignore[arg-type]
        await s.until(lambda: getattr(app.screen, "under_cursor", None) is not None)
        names = [row.name for row in app.screen.rows]  # type: ignore[attr-defined]
        await s.press(*["down"] * names.index("acme-prod"))
        await s.until(lambda: app.screen.under_cursor.name == "acme-prod")  # type: ignore[attr-defined]
        await with_nodes(s)
        assert "fdw-0" in screen_text(app)
    at.close()


async def test_a_worker_that_is_late_does_not_come_back_to_an_errand_that_was_left(
    at: FakeDesk, outside: Outside
) -> None:
    async with wizard(at) as s:
        await with_nodes(s)
        await s.press("escape")
        assert not isinstance(s.app.screen, Errand)
        assert outside.done == []


# -- how it looks


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("what", ["nodes", "failed"])
def test_going_outside_on_screen(
    at: FakeDesk, outside: Outside, snap_compare: Any, size: tuple[int, int], what: str
) -> None:
    outside.pings[node("fdw-1").instance_id] = NodePing("ConnectionLost", "3.3", None)
    at.look.findings = (UNUSABLE,)
    outside.errors = [NEEDED]
    outside.login_fails = AccountError(
        "the login did not succeed",
        cause="aws sso login --profile ops ended with 255; what it said is above",
        action="correct what it named, run aws sso login --profile ops yourself, then run the command again",
    )
    app = Shell(at, "acme-prod", Step.DATABASE)

    async def still(pilot: Any) -> None:
        s = Session(app, pilot)
        await s.until(lambda: isinstance(app.screen, WizardScreen) and app.screen.pane is not None)
        await s.checked()
        if what == "nodes":
            await with_nodes(s)
        else:
            await s.press("ctrl+l")
            await s.until(lambda: isinstance(app.screen, LoggingIn) and app.screen.failed is not None)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=still)
    at.close()
