"""What is said of answers, each at the field it belongs to: problems of the typing and findings of the checks. Pure."""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from screens.marks import SEVERITY_STYLES
from wizard.errors import Problem
from wizard.findings import Finding, Severity, worst_first

#: What is said of a text that is no answer; a finding's word is its severity.
PROBLEM = "problem"
#: One character for each word; never shown without it.
SYMBOLS: dict[str, str] = {PROBLEM: "✗"} | {severity.value: severity.symbol for severity in Severity}
#: The colour of each word.
STYLES: dict[str, str] = {PROBLEM: "$text-error"} | {
    severity.value: style for severity, style in SEVERITY_STYLES.items()
}
#: What stands back: a colour of our themes (`screens.styles`), as Textual's own would be drawn plain here.
MUTED = "$text-muted"
#: A long explanation ends after so many lines; all of it is on the help key, and in the list of findings.
_LINES = 2
#: Instead of the symbol of what is being looked at again, or will be: it takes the same room.
AGAIN = "…"
_LAST_PART = re.compile(r"(\.[^.\[]+|\[\d+\])$")


@dataclass(frozen=True, slots=True)
class Note:
    """Something said of an answer. `word` is `problem` or a finding's severity; `code` is empty for a problem.

    What is `waiting` was found by an earlier check, and stays until one is back that knows the answers as they are now.
    """

    word: str
    code: str
    path: str
    what: str
    why: str
    remedy: str
    waiting: bool = False

    @property
    def symbol(self) -> str:
        """One character, never alone."""
        return AGAIN if self.waiting else SYMBOLS[self.word]

    @property
    def style(self) -> str:
        """Its word's colour; what waits stands back."""
        return MUTED if self.waiting else STYLES[self.word]

    @property
    def heading(self) -> str:
        """Symbol, word and code."""
        return " ".join(filter(None, (self.symbol, self.word, self.code)))

    @property
    def help_text(self) -> str:
        """Everything there is to say, in lines."""
        why = [f"why: {self.why}"] if self.why else []
        return "\n".join([f"{self.heading}: {self.what}", *why, f"remedy: {self.remedy}"])

    def masked(self, mask: Callable[[str], str]) -> Note:
        """Give it for an audience. A mask is for whole texts: what is broken into lines may hold half a name."""
        return replace(self, path=mask(self.path), what=mask(self.what), why=mask(self.why), remedy=mask(self.remedy))

    def lines(self, width: int) -> list[str]:
        """Give the text in lines of a width, the last one cut off where there is more."""
        return _wrapped(f"{self.heading}: {self.what}", width)

    def remedy_lines(self, width: int) -> list[str]:
        """Give the way on in lines of a width."""
        return _wrapped(f"  remedy: {self.remedy}", width)


def _wrapped(text: str, width: int) -> list[str]:
    indent = "  " if text.startswith("  ") else ""
    return textwrap.wrap(
        " ".join(text.split()),
        max(width, 20),
        max_lines=_LINES,
        placeholder=" …",
        initial_indent=indent,
        subsequent_indent="  ",
    )


def notes_of(
    problems: Iterable[Problem], findings: Iterable[Finding], *, waiting: Sequence[Finding] = ()
) -> tuple[Note, ...]:
    """Give everything that is said, problems first, then findings, worst first whether they are waiting or not."""
    found = worst_first((*findings, *waiting)) if waiting else findings
    return (
        *(Note(PROBLEM, "", it.path, it.what, "", it.remedy) for it in problems),
        *(Note(it.severity.value, it.code, it.path, it.what, it.why, it.remedy, it in waiting) for it in found),
    )


def by_field(notes: Iterable[Note], keys: frozenset[str]) -> Mapping[str, tuple[Note, ...]]:
    """Give each note to the field that it is most closely about; those about none of them stand under the empty key."""
    found: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        found[_closest(note.path, keys)].append(note)
    return {key: tuple(said) for key, said in found.items()}


def _closest(path: str, keys: frozenset[str]) -> str:
    """`tags` for `tags.customer`; `applications[0].cidr` for itself, and `applications` where that has no field."""
    while path and path not in keys:
        path, before = _LAST_PART.sub("", path), path
        if path == before:
            return ""
    return path
