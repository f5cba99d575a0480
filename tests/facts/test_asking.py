"""What is known, what is not, and that the one is never taken for the other."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest

from wizard.facts.access import RegionStatus
from wizard.facts.asking import Ask, Facts, Read, Reason, Unread
from wizard.facts.kinds import kinds

AT = datetime(2026, 11, 21, tzinfo=UTC)
HERE, THERE, NOWHERE = (RegionStatus(region=name) for name in ("us-east-1", "eu-west-1", "xx-none-1"))
FACTS = Facts({HERE: Read("opted-in", AT, "x"), THERE: Unread(Reason.DENIED, AT, "x", "no")})


def test_only_what_was_read_has_a_value() -> None:
    assert [FACTS.value(ask) for ask in (HERE, THERE, NOWHERE)] == ["opted-in", None, None]


def test_what_nobody_asked_says_so() -> None:
    reading = FACTS.reading(NOWHERE)

    assert isinstance(reading, Unread)
    assert reading.reason is Reason.NOT_RECORDED
    assert NOWHERE not in FACTS


def test_a_reading_of_nothing_is_a_mistake_of_whoever_read() -> None:
    nothing: Any = None
    with pytest.raises(ValueError, match="never None"):
        Read(nothing, AT, "x")


def test_what_was_read_last_counts_even_when_it_is_silence() -> None:
    silent = FACTS.with_readings({HERE: Unread(Reason.TIMEOUT, AT, "x", "nothing")})

    assert silent.value(HERE) is None
    assert FACTS.value(HERE) == "opted-in", "and those before are as they were"


def test_facts_can_be_narrowed_to_what_a_check_asks() -> None:
    assert list(FACTS.only(frozenset({HERE, NOWHERE}))) == [HERE]


@pytest.mark.parametrize("kind", sorted(kinds().values(), key=lambda kind: kind.kind), ids=lambda kind: kind.kind)
def test_an_ask_is_a_question_and_not_a_place_to_keep_things(kind: type[Ask[Any]]) -> None:
    """Frozen and hashable: equal asks are one fact. What it gives is declared, since files are read by it."""
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert {field.name for field in fields(kind)} == set(kind.__match_args__)
    assert kind.gives() is not None
