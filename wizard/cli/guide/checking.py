"""Checking a step against AWS, telling what was found, and the way on from a step that is held."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide import words
from wizard.cli.guide.desk import tell_error
from wizard.cli.guide.talk import Jump, Option
from wizard.deploy import gate
from wizard.errors import InputError, PlanewrightError
from wizard.findings import Finding
from wizard.walk.holding import held
from wizard.walk.steps import Step, at_step, step_of

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way
    from wizard.deploy.checking import Checked
    from wizard.walk.walk import Check


def look(way: Way, *, again: bool = False) -> None:
    """Check what was typed against AWS, unless that is known already. Waits; Ctrl-C stops waiting."""
    check = way.walk.begin_check()
    if check is None:
        why = held(way.walk, Step.REVIEW)
        say(f"not checked against AWS yet: {why}")
        return
    if not way.walk.checking and not again:
        return
    if again:
        way.desk.forget(check.target)
    way.uncheckable = None
    say("checking against AWS: please wait")
    began = time.monotonic()
    try:
        checked = _checked(way, check)
    except PlanewrightError as error:
        way.uncheckable = error
        tell_error(error)
    except KeyboardInterrupt:
        say()
        say("stopped: not checked against AWS. :check checks again")
    else:
        way.walk.took(check.generation, checked.findings)
        say(_said(check, checked, time.monotonic() - began))


def end_of_step(way: Way) -> None:
    """Check, tell what the step's answers led to, and hold it if something holds it. Raises a Turn to go elsewhere."""
    look(way)
    while True:
        step = way.step
        for problem in way.walk.draft.problems:
            if step_of(way.walk.kind, problem.path) is step:
                _say_all(words.problem_lines(problem))
        findings = findings_at(way, step)
        tell_findings(way, findings)
        why = held(way.walk, step, uncheckable=way.uncheckable)
        if not why:
            say(f"{step.label}: nothing holds it.")
            return
        say(f"{step.label} is held: {why}")
        _way_on(way, findings)


def findings_at(way: Way, step: Step) -> tuple[Finding, ...]:
    """Give what is known of a step now, worst first."""
    return words.in_order(at_step(way.walk.kind, step, way.walk.findings))


def tell_findings(way: Way, findings: tuple[Finding, ...]) -> None:
    """Say findings, numbered, so that one can be named."""
    passed = _passed(way)
    if findings:
        say(f"{words.counted(len(findings), 'finding', 'findings')}, worst first:")
    else:
        say("no findings")
    for number, finding in enumerate(findings, 1):
        _say_all(words.finding_lines(finding, number=number, passed=(finding.code, finding.path) in passed))


def acknowledge(way: Way, findings: tuple[Finding, ...], named: str) -> None:
    """Record why a high finding, named by its number among `findings`, is all right here."""
    finding = _named(way, findings, named)
    if finding is None:
        return
    if finding not in words.high_of(findings):
        critical = "a critical finding cannot be acknowledged: mend what it is about"
        say(critical if finding.severity.value == "critical" else "only a high finding needs to be acknowledged")
        return
    reason = way.talk.ask(f"why {finding.code} is all right here (Enter: not acknowledged)").strip()
    if not reason:
        say("not acknowledged")
        return
    try:
        # Of this one finding alone: another of the same code may need another reason.
        gate.acknowledge(way.walk.place, [finding], [f"{finding.code}={reason}"])
    except InputError as error:
        tell_error(error)
    else:
        say(f"acknowledged: {finding.code}, with your name and the reason")


def _way_on(way: Way, findings: tuple[Finding, ...]) -> None:
    """Ask what to do about a step that is held."""
    options = [
        Option(
            "answer", "answer again: a finding's number or a question's key; nothing begins with the first", "WHICH"
        ),
        *(
            [Option("acknowledge", "say why a high finding is all right here", "NUMBER")]
            if set(words.high_of(findings)) & set(way.walk.holding)
            else []
        ),
        Option("check", "check against AWS once more: it may have been mended there"),
        Option("elsewhere", f"go on with another step; {way.step.label} stays held", "STEP"),
    ]
    word, rest = way.talk.choose("what now", options, default="answer")
    if word == "answer":
        raise Jump(way.step, path_of(way, findings, rest))
    if word == "acknowledge":
        acknowledge(way, findings, rest)
    elif word == "check":
        look(way, again=True)
    else:
        way.commands()["go"].do(rest or _following(way))


def _following(way: Way) -> str:
    number = way.steps.index(way.step) + 1
    return way.steps[min(number, len(way.steps) - 1)].value


def path_of(way: Way, findings: tuple[Finding, ...], named: str) -> str:
    """Give the path at which to ask again: what was named, or the first thing that is wrong."""
    if named.isdigit() and 0 < int(named[:6]) <= len(findings):
        return findings[int(named) - 1].path
    if named:
        return named
    problems = (p.path for p in way.walk.draft.problems if step_of(way.walk.kind, p.path) is way.step)
    return next(problems, findings[0].path if findings else "")


def _named(way: Way, findings: tuple[Finding, ...], named: str) -> Finding | None:
    candidates = [finding for finding in words.high_of(findings) if finding in way.walk.holding]
    if not named and len(candidates) == 1:
        return candidates[0]
    if named.isascii() and named.isdigit() and 0 < int(named[:6]) <= len(findings):
        return findings[int(named[:6]) - 1]
    by_code = [finding for finding in findings if finding.code.lower() == named.lower()]
    if len(by_code) == 1:
        return by_code[0]
    say("which one? Name it by its number in the list above.")
    return None


def _passed(way: Way) -> set[tuple[str, str]]:
    try:
        return {(entry.code, entry.path) for entry in gate.acknowledged(way.walk.place)}
    except InputError as error:
        tell_error(error)
        return set()


def _checked(way: Way, check: Check) -> Checked:
    from wizard.deploy.target import subject_of

    return way.desk.checker(check.target).check(subject_of(check.target))


def _said(check: Check, checked: Checked, seconds: float) -> str:
    from wizard.facts.access import Caller

    account = check.target.shard.account
    caller = checked.facts.value(Caller(profile=account.profile, role_arn=account.role_arn))
    by = f" as {caller.arn}" if caller is not None else ""
    return f"checked against AWS{by}: {words.counted(checked.asked, 'fact', 'facts')} read in {seconds:.1f} seconds"


def _say_all(lines: Iterable[str]) -> None:
    for line in lines:
        say(line)
