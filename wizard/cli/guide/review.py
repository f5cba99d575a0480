"""Review: what was answered and what follows from it, before anything is planned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide import checking, files, words
from wizard.cli.guide.desk import attempt
from wizard.cli.guide.files import EmittedFile
from wizard.cli.guide.talk import Jump, Option
from wizard.redact import Redactor
from wizard.walk.holding import held
from wizard.walk.since import Since, since
from wizard.walk.steps import Step, step_of

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way


def go(way: Way) -> None:
    """Show what there is, and look at it until somebody goes on; nothing that holds lets them."""
    checking.look(way)
    findings = words.in_order(way.walk.findings)
    checking.tell_findings(way, findings)
    changed = attempt(lambda: since(way.walk)) or Since(())
    counted = words.counted(len(changed.changed), "answer is", "answers are")
    say(f"{counted} {f'changed since {changed.applied}' if changed.applied else 'not saved yet'}")
    emitted: tuple[EmittedFile, ...] = ()
    if way.walk.target is not None:
        target = way.walk.target
        emitted = attempt(lambda: files.files_of(target)) or ()
        say(files.summary(emitted))
    while True:
        why = held(way.walk, Step.REVIEW, uncheckable=way.uncheckable)
        say(f"held: {why}" if why else "nothing holds it")
        word, rest = way.talk.choose("what now", _options(way, why), default="" if why else "plan")
        if word == "plan":
            return
        if word == "check":
            checking.look(way, again=True)
            findings = words.in_order(way.walk.findings)
            checking.tell_findings(way, findings)
        else:
            _look(way, word, rest, emitted, changed)


def _options(way: Way, why: str) -> list[Option]:
    holding = words.high_of(way.walk.holding)
    return [
        *([] if why else [Option("plan", "save the answers, and see what an apply would change")]),
        Option("findings", "everything that is wrong or risky, worst first"),
        *([Option("acknowledge", "say why a high finding is all right here", "NUMBER")] if holding else []),
        Option("answer", "answer again, by a finding's number or a question's key", "WHICH"),
        Option("answers", "what was changed since the last apply, or since the answers were saved"),
        Option("files", "the files that would be written"),
        Option("show", "a file as it would be written", "FILE"),
        Option("difference", "what that changes on disk: of one file, or of all", "FILE"),
        Option("check", "check against AWS once more"),
    ]


def _look(way: Way, word: str, rest: str, emitted: Sequence[EmittedFile], changed: Since) -> None:
    findings = words.in_order(way.walk.findings)
    if word == "findings":
        checking.tell_findings(way, findings)
    elif word == "acknowledge":
        checking.acknowledge(way, findings, rest)
    elif word == "answer":
        path = checking.path_of(way, findings, rest)
        raise Jump(step_of(way.walk.kind, path) if path else way.steps[0], path)
    elif word == "answers":
        same = f"those of {changed.applied}" if changed.applied else "those that were saved"
        way.talk.tell([f"  {answer.line}" for answer in changed.changed] or [f"none: the answers are {same}"])
    elif word == "files":
        way.talk.tell(f"  {number}. {file.fate}: {file.name}" for number, file in enumerate(emitted, 1))
    elif word == "show":
        _show(way, emitted, rest)
    else:
        _difference(way, emitted, rest)


def _show(way: Way, emitted: Sequence[EmittedFile], typed: str) -> None:
    found = files.named(emitted, typed)
    if len(found) != 1:
        say(f"which file? {', '.join(file.name for file in found[:12]) or '`files` lists them with their numbers'}")
        return
    say(f"{found[0].name}, {found[0].fate}:")
    way.talk.tell(Redactor().text(found[0].text).splitlines() or ["empty: it would be removed"])


def _difference(way: Way, emitted: Sequence[EmittedFile], typed: str) -> None:
    found = [file for file in (files.named(emitted, typed) if typed else emitted) if file.diff]
    if not found:
        say("no difference: the files on disk are as they would be written")
    way.talk.tell(line for file in found for line in (f"{file.name}, {file.fate}:", *file.diff.splitlines()))
