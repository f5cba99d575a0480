"""`planewright verify NAME --pasted`: read before anything is asked of AWS, judged, shown with its lines, and not kept."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.verify import world
from tests.verify.test_customer_pasted import CANARY, RULES, judged, outputs, tables
from wizard.cli import common
from wizard.cli import verify as command
from wizard.deploy import reporting, store
from wizard.deploy.target import Target
from wizard.verify.customer.pasted import Pasted
from wizard.verify.report import to_json, to_markdown
from wizard.workspace import Workspace


@pytest.fixture
def applied(workspace: Path) -> Path:
    made = Workspace(workspace)
    store.save_contract(made.place("shard", "use1-a"), "shard", world.shard_outputs())
    store.save_contract(made.place("deployment", "acme-prod"), "instance", outputs())
    return workspace


@pytest.mark.parametrize("text", ["", "An error occurred (AccessDenied) when calling the X operation", f"{CANARY}"])
def test_what_is_no_answer_is_refused_before_anybody_logs_in(
    run: Run, applied: Path, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def session_of(target: Target) -> None:
        raise AssertionError("AWS was asked")

    monkeypatch.setattr(common, "session_of", session_of)
    file = applied.parent / "sent.json"
    file.write_text(text)
    assert run("verify", "acme-prod", "--pasted", str(file)) == 2
    assert run("verify", "acme-prod", "--pasted", str(applied / "nowhere")) == 2
    assert CANARY not in "".join(capsys.readouterr())


def test_an_answer_from_the_standard_input_is_judged_and_nothing_else_of_it_is_written(
    run: Run, applied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = json.dumps([{"password": CANARY}, tables(), RULES])

    def verify_target(target: Target, session: Any, *, on_hop: Any, pasted: Pasted | None) -> reporting.Written:
        assert pasted is not None
        seen = judged(text)
        for hop in seen.hops:
            on_hop(hop)
        markdown, as_json = target.place.reports / "v.md", target.place.reports / "v.json"
        target.place.reports.mkdir()
        markdown.write_text(to_markdown(seen))
        as_json.write_text(to_json(seen))
        return reporting.Written(seen, markdown, as_json)

    monkeypatch.setattr(reporting, "verify_target", verify_target)
    monkeypatch.setattr(common, "session_of", lambda _target: Quiet())
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert run("verify", "acme-prod", "--pasted", "-") == 1

    printed = capsys.readouterr().out
    assert "failed  The database's subnets route back over the peering" in printed
    assert "    run: aws ec2 create-route --region us-east-1" in printed
    for file in applied.rglob("*"):
        assert not (file.is_file() and CANARY in file.read_text(errors="replace")), file
    assert CANARY not in printed


def test_each_command_is_one_line_that_can_be_copied(capsys: pytest.CaptureFixture[str]) -> None:
    failure = judged(json.dumps(RULES)).first_failure
    assert failure is not None
    assert failure.commands
    command.tell(failure)
    printed = capsys.readouterr().out.splitlines()
    for line in failure.commands:
        assert f"    run: {line}" in printed
    assert all(line in to_markdown(judged(json.dumps(RULES))).splitlines() for line in failure.commands)


class Quiet:
    """A session that nobody throttles."""

    class throttled:  # noqa: N801
        told = ""
