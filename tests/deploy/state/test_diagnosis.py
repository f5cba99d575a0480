"""What was seen of a state decides what happened to it and how it is brought back. A table, without AWS or an engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.deploy.state.test_document import resource, state
from wizard.deploy.state.accidents import Diagnosis, Doing, Trouble
from wizard.deploy.state.copies import best
from wizard.deploy.state.diagnosis import diagnose
from wizard.deploy.state.document import read_state
from wizard.deploy.state.seen import Copy, Kind, Seen
from wizard.engine.aftermath import Aftermath, Held, Owner
from wizard.engine.events import InFlight
from wizard.engine.locks import LockInfo

AT = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
ONE, TWO = resource("one"), resource("two")


def copy(content: bytes, name: str = "v1", *, kind: Kind = "version", minutes: int = 0) -> Copy:
    return Copy(kind, name, AT + timedelta(minutes=minutes), read_state(content))


def seen(current: bytes | None = state(ONE, TWO, serial=5), **changes: object) -> Seen:
    document = None if current is None else read_state(current)
    return replace(Seen("acme", "instance", "s3://b/k", document, applied=True), **changes)


def errored(content: bytes) -> Copy:
    return copy(content, "errored.tfstate", kind="errored", minutes=9)


def held(owner: Owner) -> Aftermath:
    lock = LockInfo("ab-12", "b/k", "OperationTypeApply", "op@host", "1.11.4", AT)
    return Aftermath(held=Held(lock, owner))


def doings(found: Diagnosis) -> list[Doing]:
    return [step.doing for step in found.steps]


CUT = state(ONE, TWO, serial=5)[:200]
PAST = (copy(state(ONE, serial=3), "v3"), copy(state(serial=2), "v2"))


@pytest.mark.parametrize(
    ("what", "troubles", "steps"),
    [
        (seen(), [], [Doing.PLAN]),
        (seen(copies=PAST), [], [Doing.PLAN]),
        (seen(CUT, copies=PAST), [Trouble.CORRUPTED], [Doing.RESTORE, Doing.PLAN]),
        (seen(b"", copies=PAST), [Trouble.CORRUPTED], [Doing.RESTORE, Doing.PLAN]),
        (seen(None, copies=PAST, deleted=AT), [Trouble.DELETED], [Doing.RESTORE, Doing.PLAN]),
        (seen(None, copies=PAST), [Trouble.DELETED], [Doing.RESTORE, Doing.PLAN]),
        (seen(state(TWO, serial=1), copies=PAST), [Trouble.BEHIND], [Doing.RESTORE, Doing.PLAN]),
        (seen(errored=errored(state(ONE, serial=6))), [Trouble.NOT_SAVED], [Doing.PUSH, Doing.PLAN]),
        (seen(errored=errored(state(ONE, serial=5))), [Trouble.LEFT_OVER], [Doing.SET_ASIDE, Doing.PLAN]),
        (seen(errored=errored(CUT)), [Trouble.NOT_SAVED_HALF], [Doing.SET_ASIDE, Doing.PLAN]),
        (
            seen(CUT, errored=errored(state(ONE, serial=6)), copies=PAST),
            [Trouble.CORRUPTED],
            [Doing.RESTORE, Doing.SET_ASIDE, Doing.PLAN],
        ),
        (
            seen(CUT, errored=errored(CUT), copies=PAST),
            [Trouble.CORRUPTED, Trouble.NOT_SAVED_HALF],
            [Doing.RESTORE, Doing.SET_ASIDE, Doing.PLAN],
        ),
        (seen(aftermath=held("our run, dead")), [Trouble.LOCKED_DEAD], [Doing.UNLOCK, Doing.PLAN]),
        (seen(aftermath=held("our command, dead")), [Trouble.LOCKED_DEAD], [Doing.UNLOCK, Doing.PLAN]),
        (
            seen(CUT, aftermath=held("our run, dead"), copies=PAST),
            [Trouble.LOCKED_DEAD, Trouble.CORRUPTED],
            [Doing.UNLOCK, Doing.RESTORE, Doing.PLAN],
        ),
        (seen(out_of_step=("vpc_id",)), [Trouble.OUT_OF_STEP], [Doing.PLAN]),
        (
            seen(aftermath=Aftermath(half_made=(InFlight("aws_vpc.one", "create", AT),))),
            [Trouble.HALF_MADE],
            [Doing.PLAN],
        ),
        (seen(copies=(copy(state(ONE, lineage="other")),)), [Trouble.REPLACED], [Doing.PLAN]),
        (seen(expected="a1", md5="a1"), [], [Doing.PLAN]),
        (seen(expected="", md5="a1"), [], [Doing.PLAN]),
        (seen(expected="a1", md5="b2"), [Trouble.STALE_DIGEST], [Doing.MEND_DIGEST, Doing.PLAN]),
        (
            seen(expected="a1", md5="b2", aftermath=held("our run, dead"), errored=errored(state(ONE, serial=6))),
            [Trouble.LOCKED_DEAD, Trouble.NOT_SAVED, Trouble.STALE_DIGEST],
            [Doing.UNLOCK, Doing.MEND_DIGEST, Doing.PUSH, Doing.PLAN],
        ),
        (
            seen(state(TWO, serial=1), copies=PAST, expected="a1", md5="b2"),
            [Trouble.BEHIND],
            [Doing.RESTORE, Doing.PLAN],
        ),
        (seen(CUT, copies=PAST, expected="a1", md5="b2"), [Trouble.CORRUPTED], [Doing.RESTORE, Doing.PLAN]),
        (seen(None, applied=False, expected="a1"), [Trouble.STALE_DIGEST], [Doing.MEND_DIGEST]),
        (
            seen(
                state(TWO, serial=1),
                errored=errored(state(ONE, serial=2)),
                copies=PAST,
                expected="a1",
                md5="b2",
            ),
            [Trouble.NOT_SAVED, Trouble.BEHIND, Trouble.STALE_DIGEST],
            [Doing.MEND_DIGEST, Doing.PUSH, Doing.RESTORE, Doing.PLAN],
        ),
        (seen(unread=("/acme/one",)), [Trouble.HALF_IMPORTED], [Doing.MEND_IMPORT, Doing.PLAN]),
        (seen(state(TWO, serial=1), copies=PAST, unread=("/acme/one",)), [Trouble.BEHIND], [Doing.RESTORE, Doing.PLAN]),
    ],
)
def test_each_accident_has_its_name_and_its_steps(what: Seen, troubles: list[Trouble], steps: list[Doing]) -> None:
    found = diagnose(what)

    assert (list(found.troubles), doings(found), found.ends) == (troubles, steps, "")


def test_whose_digest_the_lock_table_has_is_told_where_that_state_is_kept() -> None:
    past = replace(PAST[0], md5="a1")

    assert "version v3" in diagnose(seen(copies=(past,), expected="a1", md5="b2")).lines[0]
    assert "MD5 c3, which is none that is kept" in diagnose(seen(copies=(past,), expected="c3", md5="b2")).lines[0]


def test_the_digest_of_another_lineage_is_no_table_s_mistake_and_is_left_to_keep_the_engine_out() -> None:
    written_last = replace(copy(state(ONE, TWO, serial=9), "v9"), md5="a1")
    somebodys = seen(state(TWO, serial=1, lineage="other"), copies=(written_last, *PAST), expected="a1", md5="b2")

    found = diagnose(somebodys)

    assert Trouble.STALE_DIGEST in found.troubles
    assert found.steps == ()
    assert "`planewright state restore acme instance --version v9` restores what the engine wrote last" in found.ends
    assert "delete the item b/k-md5" in found.ends
    behind = replace(somebodys, copies=(written_last, copy(state(TWO, serial=2, lineage="other"), "v2")))
    assert diagnose(behind).steps == (), "nor does anything else settle it"
    nothing = replace(written_last, document=read_state(state(serial=9)))
    assert Doing.MEND_DIGEST in doings(diagnose(replace(somebodys, copies=(nothing,))))


@pytest.mark.parametrize("owner", ["our run, alive", "our command, alive"])
def test_while_the_holder_of_the_lock_lives_nothing_is_done_however_sure_somebody_is(owner: Owner) -> None:
    found = diagnose(seen(CUT, aftermath=held(owner), copies=PAST), sure=True)

    assert (found.troubles, found.steps) == ((Trouble.BUSY,), ())
    assert "never removed" in found.ends


@pytest.mark.parametrize("owner", ["another", "us, no run known"])
def test_a_lock_of_whom_nothing_is_known_takes_somebody_who_is_sure(owner: Owner) -> None:
    what = seen(aftermath=held(owner))

    assert diagnose(what).steps == ()
    assert "--sure" in diagnose(what).ends
    assert doings(diagnose(what, sure=True)) == [Doing.UNLOCK, Doing.PLAN]


@pytest.mark.parametrize(
    ("what", "steps"),
    [
        (seen(CUT), [Doing.CLEAR, Doing.REBUILD, Doing.PLAN]),
        (seen(None), [Doing.REBUILD, Doing.PLAN]),
        (seen(None, deleted=AT), [Doing.REBUILD, Doing.PLAN]),
        (seen(None, expected="a1"), [Doing.MEND_DIGEST, Doing.REBUILD, Doing.PLAN]),
        (seen(CUT, expected="a1", md5="b2"), [Doing.CLEAR, Doing.REBUILD, Doing.PLAN]),
        (
            seen(CUT, copies=(copy(CUT),), errored=errored(CUT)),
            [Doing.CLEAR, Doing.SET_ASIDE, Doing.REBUILD, Doing.PLAN],
        ),
    ],
)
def test_where_nothing_can_be_read_the_state_is_lost_and_the_way_is_to_find_what_is_in_aws(
    what: Seen, steps: list[Doing]
) -> None:
    found = diagnose(what)

    assert Trouble.LOST in found.troubles
    assert (doings(found), found.ends) == (steps, "")
    assert "Do not apply" in " ".join(found.lines)


NOTHING = state(serial=1, lineage="new")


@pytest.mark.parametrize(
    ("what", "troubles", "steps"),
    [
        (seen(NOTHING), [Trouble.EMPTIED, Trouble.LOST], [Doing.CLEAR, Doing.REBUILD, Doing.PLAN]),
        (seen(NOTHING, copies=PAST), [Trouble.EMPTIED], [Doing.CLEAR, Doing.RESTORE, Doing.PLAN]),
        (seen(state(serial=9), copies=PAST), [Trouble.EMPTIED], [Doing.RESTORE, Doing.PLAN]),
        (
            seen(state(serial=9), errored=errored(state(ONE, serial=6)), copies=PAST),
            [Trouble.EMPTIED],
            [Doing.RESTORE, Doing.SET_ASIDE, Doing.PLAN],
        ),
        (
            seen(None, copies=(copy(NOTHING),)),
            [Trouble.DELETED, Trouble.LOST],
            [Doing.REBUILD, Doing.PLAN],
        ),
        (seen(NOTHING, applied=False), [], [Doing.PLAN]),
        (seen(NOTHING, torn_down=True), [], [Doing.PLAN]),
    ],
)
def test_a_state_that_knows_nothing_of_a_stack_that_was_applied_is_as_good_as_none(
    what: Seen, troubles: list[Trouble], steps: list[Doing]
) -> None:
    found = diagnose(what)

    assert (list(found.troubles), doings(found), found.ends) == (troubles, steps, "")


def test_copies_of_another_lineage_are_named_and_left_before_and_after_what_is_broken_is_cleared_away() -> None:
    broken = state(ONE, TWO, serial=5, lineage="one")[:200]
    foreign = copy(state(ONE, serial=9, lineage="other"), "v9")
    first = seen(broken, copies=(foreign,))
    second = seen(
        None, copies=(foreign, copy(broken, "v10", minutes=1), copy(broken, "kept", kind="backup", minutes=2))
    )

    for what in (first, second):
        found = diagnose(what)
        said = " ".join(found.lines)
        assert found.troubles[1:] == (Trouble.REPLACED, Trouble.LOST)
        assert "version v9" in said
        assert "`planewright state restore acme instance --version v9` restores it" in said
        assert "can be read: the state cannot be restored" not in said
        assert Doing.REBUILD in doings(found)
        assert Doing.RESTORE not in doings(found)


def test_what_the_engine_has_encrypted_is_not_rebuilt_beside() -> None:
    sealed = copy(b'{"serial": 4, "lineage": "l", "encrypted_data": "x"}')

    found = diagnose(seen(CUT, copies=(sealed,)))

    assert Trouble.LOST in found.troubles
    assert found.steps == ()
    assert "state push" in found.ends


def test_a_stack_that_was_never_applied_has_nothing_to_recover() -> None:
    found = diagnose(seen(None, applied=False))

    assert (found.troubles, found.steps) == ((), ())


def test_an_errored_state_of_another_lineage_is_neither_pushed_nor_moved() -> None:
    found = diagnose(seen(errored=errored(state(ONE, serial=9, lineage="other"))))

    assert (found.troubles, found.steps) == ((Trouble.FOREIGN_LEFT,), ())


def test_the_copy_that_knows_most_is_chosen_whatever_its_kind_and_never_one_of_another_lineage() -> None:
    newest = copy(state(ONE, serial=4), "kept", kind="backup", minutes=-9)
    foreign = copy(state(ONE, TWO, serial=99, lineage="other"), "foreign")

    assert best(seen(CUT, copies=(*PAST, foreign, newest))) == newest
    assert best(seen(None, copies=(*PAST, newest))) == newest
    assert best(seen(CUT, copies=(foreign,))) is None


def test_what_a_run_could_not_save_is_better_than_any_version_when_it_is_whole() -> None:
    left = errored(state(ONE, TWO, serial=6))

    assert best(seen(CUT, copies=PAST, errored=left)) == left
    assert best(seen(CUT, copies=PAST, errored=errored(CUT))) == PAST[0]


def test_later_writes_that_are_lost_with_a_damaged_state_are_told() -> None:
    found = diagnose(seen(CUT, copies=PAST))

    assert any("its beginning says serial 5, and the newest that can be read is 3" in line for line in found.lines)


def test_what_is_pushed_is_not_called_behind_a_version_that_it_is_ahead_of() -> None:
    found = diagnose(seen(state(TWO, serial=1), errored=errored(state(ONE, serial=6)), copies=PAST))

    assert doings(found) == [Doing.PUSH, Doing.PLAN]
