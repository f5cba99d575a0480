"""Every kind of finding where it is seen: at its field, in the list, in the rail; always symbol, word and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.app import Planewright
from screens.widgets.acknowledge import Acknowledge
from screens.widgets.all_findings import AllFindings
from screens.widgets.findings_list import FindingsList
from screens.widgets.form import Form
from screens.widgets.rail import Rail, upright
from tests.screens.shell import FakeDesk, desk
from tests.screens.test_fields import text_of
from tests.screens.test_shell import Session, screen_text, wizard
from tests.workspaces import with_examples
from wizard.deploy import gate
from wizard.findings import Finding, Severity
from wizard.walk.steps import Mark, Step

AT = "database.port"
CODE = "A_CODE"


def found(severity: Severity, path: str = AT, code: str = CODE) -> Finding:
    return Finding(
        code=code, severity=severity, path=path, what="three are asked for", why="two are left", remedy="ask for two",
    )  # fmt: skip


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDesk:
    monkeypatch.setattr("screens.checking.PAUSE_S", 0.05)
    return desk(with_examples(tmp_path))


def listed(s: Session) -> str:
    shown = s.screen.query_one(FindingsList)
    return "\n".join(str(shown.get_option_at_index(at).prompt) for at in range(shown.option_count))


def in_rail(s: Session, step: Step) -> str:
    standing = next(it for it in s.screen.query_one(Rail).standings if it.step is step)
    return upright(standing, here=False).plain


HELD = {Severity.CRITICAL: True, Severity.HIGH: True, Severity.WARN: False, Severity.INFO: False}


@pytest.mark.parametrize("severity", list(Severity))
async def test_each_severity_has_its_symbol_its_word_and_its_remedy_in_the_list(
    at: FakeDesk, severity: Severity
) -> None:
    at.look.findings = (found(severity),)
    async with wizard(at) as s:
        await s.checked()
        await s.press("f6")
        shown = listed(s)
        assert f"{severity.symbol} {severity.value}" in shown
        assert CODE in shown
        assert "remedy: ask for two" in shown


@pytest.mark.parametrize("severity", list(Severity))
async def test_critical_holds_and_high_holds_and_a_warning_and_an_information_do_not(
    at: FakeDesk, severity: Severity
) -> None:
    at.look.findings = (found(severity),)
    async with wizard(at) as s:
        await s.checked()
        assert (s.marks[Step.DATABASE] is Mark.HELD) is HELD[severity]
        assert ("held" in in_rail(s, Step.DATABASE)) is HELD[severity]
        await s.press("ctrl+n")
        assert (s.step is Step.DATABASE) is HELD[severity]
        if HELD[severity]:
            assert f"Not yet: 1 {severity.value} finding" in s.standing


@pytest.mark.parametrize("severity", list(Severity))
async def test_each_severity_stands_at_its_field_with_symbol_and_word(at: FakeDesk, severity: Severity) -> None:
    at.look.findings = (found(severity),)
    app = Planewright(at, place=at.workspace.find("acme-prod"), step=Step.DATABASE)
    async with app.run_test(size=(120, 40)) as pilot:
        s = Session(app, pilot)  # type: ignore[arg-type]
        await s.until(lambda: getattr(app.screen, "pane", None) is not None)
        await s.checked()
        field = s.screen.query_one(Form).field(AT)
        await s.pilot.pause()
        assert f"{severity.symbol} {severity.value} {CODE}: three are asked for" in text_of(field)
        assert "remedy: ask for two" in field.help_text
    at.close()


async def test_what_the_answers_alone_say_is_there_before_aws_is_asked(at: FakeDesk) -> None:
    at.look.open.clear()
    async with wizard(at, "globex-prod", step=Step.TOPOLOGY) as s:
        await s.until(lambda: at.look.asked == 1)
        await s.type("#proxy-client_cidrs", "0.0.0.0/0")
        codes = [finding.code for finding in s.screen.query_one(FindingsList).findings]
        assert "PUBLIC_INGRESS_OPEN" in codes
        assert s.marks[Step.TOPOLOGY] is Mark.HELD
        at.look.open.set()


async def test_a_live_one_waits_under_its_word_while_it_is_looked_at_again(at: FakeDesk) -> None:
    at.look.findings = (found(Severity.WARN),)
    async with wizard(at) as s:
        await s.checked()
        at.look.open.clear()
        at.look.findings = ()
        await s.type("#database-port", "5433")
        assert "looking again" in listed(s)
        at.look.open.set()
        await s.checked()
        await s.until(lambda: CODE not in listed(s))


async def test_what_was_found_stays_while_half_an_answer_is_typed(at: FakeDesk) -> None:
    at.look.findings = (found(Severity.WARN),)
    async with wizard(at) as s:
        await s.checked()
        at.look.findings = ()
        await s.type("#database-port", "54x")
        assert s.screen.walk.target is None
        assert "to check again" in listed(s)
        assert CODE in listed(s)
        await s.type("#database-port", "5433")
        await s.checked()
        await s.until(lambda: CODE not in listed(s))


async def test_one_of_answers_that_have_changed_since_is_dropped(at: FakeDesk) -> None:
    at.look.findings = (found(Severity.CRITICAL),)
    at.look.open.clear()
    async with wizard(at) as s:
        await s.until(lambda: at.look.asked == 1)
        await s.type("#database-port", "5433")
        at.look.findings = ()
        at.look.open.set()
        await s.until(lambda: at.look.asked == 2)
        await s.checked()
        assert CODE not in listed(s)
        assert s.marks[Step.DATABASE] is not Mark.HELD


async def test_a_high_one_holds_until_somebody_says_why_it_is_all_right(at: FakeDesk) -> None:
    at.look.findings = (found(Severity.HIGH),)
    app = Planewright(at, place=at.workspace.find("acme-prod"), step=Step.REVIEW)
    async with app.run_test(size=(120, 40)) as pilot:
        s = Session(app, pilot)  # type: ignore[arg-type]
        await s.until(lambda: getattr(app.screen, "pane", None) is not None)
        await s.checked()
        assert [it.code for it in s.screen.walk.holding] == [CODE]
        await s.until(lambda: CODE in screen_text(app))
        s.screen.query_one(AllFindings).focus()
        await s.press("a")
        await s.until(lambda: isinstance(app.screen, Acknowledge))
        await s.press(*"a trial", "enter")
        await s.until(lambda: not isinstance(app.screen, Acknowledge))
        await s.until(lambda: not s.screen.walk.holding)
        assert [it.reason for it in gate.acknowledged(s.screen.place)] == ["a trial"]
    at.close()


async def test_one_that_says_that_nothing_could_be_asked_is_no_pass(at: FakeDesk) -> None:
    """Offline, or without credentials: what was not looked at is told as that, with what remains unchecked."""
    unread = found(Severity.HIGH, "facts.ec2:DescribeVpcs", "FACT_UNREAD").model_copy(
        update={"what": "ec2:DescribeVpcs could not be asked; unchecked: whether address blocks meet"}
    )
    at.look.findings = (unread,)
    async with wizard(at, step=Step.REVIEW) as s:
        await s.checked()
        assert [it.code for it in s.screen.walk.holding] == ["FACT_UNREAD"]
        await s.press("n")
        assert s.step is Step.REVIEW
        assert "1 high finding" in s.standing


async def test_a_check_that_cannot_be_made_holds_and_says_why(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        s.screen.place.readiness.write_text("{ not json")
        await s.type("#database-port", "5433")
        await s.until(lambda: "it cannot be checked" in s.standing)
        await s.press("ctrl+n")
        assert s.step is Step.DATABASE
