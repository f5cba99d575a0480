"""The guide with scripted lines in place of a terminal, and with somebody who answers in AWS's place."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from wizard.checks.answered import check_answers
from wizard.cli.guide.desk import Desk
from wizard.cli.guide.opening import open_guide
from wizard.deploy.checking import Checked
from wizard.errors import PlanewrightError
from wizard.facts.asking import Facts
from wizard.findings import Finding, Severity, worst_first
from wizard.walk.walk import Walk
from wizard.workspace import Kind, Workspace

CTRL_C = "\x03"


@dataclass
class Script:
    """Gives its lines one after the other, then its end. `asked` are the prompts; `meantime` what is typed, or done, meanwhile."""

    lines: list[str]
    paced: bool = True
    asked: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    meantime: list[str | Callable[[], None]] = field(default_factory=list)

    def line(self, prompt: str) -> str:
        self.asked.append(prompt)
        print(prompt, end="")
        if not self.lines:
            raise EOFError
        typed = self.lines.pop(0)
        print(typed.encode(errors="replace").decode())
        if typed == CTRL_C:
            raise KeyboardInterrupt
        return typed

    def secret(self, prompt: str) -> str:
        self.hidden.append(prompt)
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)

    def meanwhile(self, seconds: float) -> str:
        time.sleep(min(seconds, 0.02))
        now = self.meantime.pop(0) if self.meantime else ""
        if isinstance(now, str):
            return now
        now()
        return ""


@dataclass
class Aws:
    """What a check finds beside what the answers say themselves."""

    findings: tuple[Finding, ...] = ()
    asked: int = 0
    forgotten: int = 0
    error: PlanewrightError | None = None
    interrupts: bool = False

    def check(self, subject: Any) -> Checked:
        self.asked += 1
        if self.interrupts:
            self.interrupts = False
            raise KeyboardInterrupt
        if self.error is not None:
            raise self.error
        return Checked(worst_first((*check_answers(subject), *self.findings)), Facts(), 7)

    def forget(self) -> None:
        self.forgotten += 1


@dataclass
class Guided:
    """A workspace in which the guide is gone with scripts."""

    root: Path
    aws: Aws
    capsys: pytest.CaptureFixture[str]
    script: Script = field(default_factory=lambda: Script([]))
    code: int = -1
    paced: bool = True

    def go(
        self, *lines: str, name: str | None = None, meantime: tuple[str | Callable[[], None], ...] = (), **flags: Any
    ) -> str:
        """Guide with these lines, and give all that was said."""
        self.script = Script(list(lines), paced=self.paced, meantime=list(meantime))
        self.capsys.readouterr()
        self.code = open_guide(self.root, {}, name=name, lines=self.script, **flags)
        caught = self.capsys.readouterr()
        return caught.out + caught.err

    def walk(self, name: str, kind: Kind = "deployment") -> Walk:
        """What another front end finds there now."""
        return Walk(Workspace(self.root), Workspace(self.root).place(kind, name))


def use(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the guide's desk ask this one."""
    monkeypatch.setattr(Desk, "checker", lambda _desk, _target: aws)
    monkeypatch.setattr(Desk, "forget", lambda _desk, _target: aws.forget())


def finding(path: str, severity: Severity = Severity.HIGH, code: str = "A_CODE") -> Finding:
    """A finding at a path."""
    return Finding(
        code=code, severity=severity, path=path,
        what=f"what of {code}", why=f"why of {code}", remedy=f"remedy of {code}",
    )  # fmt: skip


Go = Callable[..., str]
