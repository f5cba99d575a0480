"""Whether the customer's database is ready to be replicated from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts
from wizard.findings import Finding


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask nothing yet."""
    del subject
    yield from ()


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Say nothing yet."""
    del subject, facts
    yield from ()
