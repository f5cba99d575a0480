"""A round of asks ends when all are read or the deadline has come, and nothing that one reader does costs another's reading."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError

from tests.live.account import changed
from wizard.answers.account import Account
from wizard.aws.facts import gather as gathering
from wizard.aws.facts.failures import unread
from wizard.aws.facts.gather import STALLED_S, WORKERS, gather
from wizard.aws.facts.readers import readers
from wizard.aws.session import AwsSession, open_session
from wizard.errors import AccountError
from wizard.facts.asking import Ask, Read, Reading, Reason, Unread
from wizard.facts.kinds import kinds
from wizard.rehearsal.answers import example


@dataclass(frozen=True, slots=True)
class Echo(Ask[int]):
    kind: ClassVar[str] = "echo"
    unchecks: ClassVar[str] = "an echo"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:Echo",)

    number: int


@dataclass(frozen=True, slots=True)
class Other(Ask[int]):
    kind: ClassVar[str] = "other"
    unchecks: ClassVar[str] = "another thing"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:Other",)

    number: int = 0


Readers = dict[type[Ask[Any]], Callable[[AwsSession, Any], Any]]
Reads = Callable[[Readers], None]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    """Have these readers."""
    return lambda found: monkeypatch.setattr(gathering, "readers", lambda: found)


@pytest.fixture
def session() -> AwsSession:
    account = Account.model_validate(changed(example("shard")["account"], {}))
    keys = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "none", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    return open_session(account, environ=keys)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a reader that hangs waits for; opened at the test's end, so that no thread outlives it."""
    gate = threading.Event()
    yield gate
    gate.set()


def all_of(session: AwsSession, *asks: Ask[Any], deadline_s: float = 20) -> dict[Ask[Any], Reading[Any]]:
    return dict(gather({"operator": session}, asks, deadline_s=deadline_s))


def test_every_kind_of_ask_has_a_reader() -> None:
    assert set(readers()) == set(kinds().values())


def test_more_asks_than_workers_are_all_read(reads: Reads, session: AwsSession) -> None:
    reads({Echo: lambda _, ask: ask.number})
    asks = [Echo(number) for number in range(5 * WORKERS)]
    assert {ask: reading.value for ask, reading in all_of(session, *asks).items() if isinstance(reading, Read)} == {
        ask: ask.number for ask in asks
    }


def test_a_service_has_no_more_workers_than_it_keeps_connections_for(reads: Reads, session: AwsSession) -> None:
    names: set[str] = set()
    together = threading.Barrier(WORKERS)

    def meet(_: AwsSession, ask: Echo) -> int:
        together.wait(60)  # all workers at once, so that none of them could have taken two
        names.add(str(threading.get_ident()))
        return ask.number

    reads({Echo: meet})
    assert all(isinstance(reading, Read) for reading in all_of(session, *map(Echo, range(2 * WORKERS))).values())
    assert len(names) <= WORKERS


def test_what_is_not_read_by_the_deadline_is_unread_and_the_rest_is_used(
    reads: Reads, session: AwsSession, gate: threading.Event
) -> None:
    reads({Echo: lambda _, ask: gate.wait(), Other: lambda _, ask: 7})
    found = all_of(session, Echo(1), Other(), deadline_s=2)
    assert isinstance(found[Other()], Read)
    late = found[Echo(1)]
    assert isinstance(late, Unread)
    assert (late.reason, late.said, late.source) == (Reason.TIMEOUT, "no answer within 2 s", "ec2:Echo us-east-1")


def test_workers_that_hang_do_not_keep_others_of_their_service_waiting(
    reads: Reads, session: AwsSession, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "STALLED_S", STALLED_S / 100)
    reads({Echo: lambda _, ask: gate.wait(), Other: lambda _, ask: 7})
    hanging = [Echo(number) for number in range(3 * WORKERS)]
    found = all_of(session, *hanging, *map(Other, range(WORKERS)), deadline_s=5)
    assert [found[Other(number)] for number in range(WORKERS) if isinstance(found[Other(number)], Unread)] == []


def test_each_kind_comes_to_its_turn_before_any_kind_s_second() -> None:
    turns = gathering._in_turns([*map(Echo, range(20)), Other()])
    assert {ask.kind for ask in turns[:2]} == {"echo", "other"}
    assert set(turns) == {*map(Echo, range(20)), Other()}


def test_a_reader_s_bug_reaches_the_caller_after_all_other_readings(reads: Reads, session: AwsSession) -> None:
    def broken(_: AwsSession, ask: Echo) -> int:
        raise KeyError("Vpcs")

    reads({Echo: broken, Other: lambda _, ask: 7})
    given: list[Ask[Any]] = []
    with pytest.raises(KeyError, match="Vpcs") as raised:
        given.extend(ask for ask, _ in gather({"operator": session}, [Echo(1), Other(1), Other(2)]))
    assert set(given) == {Other(1), Other(2)}
    assert raised.value.__notes__ == ["while reading Echo(number=1)"]


def test_nothing_more_is_begun_when_the_listener_goes(reads: Reads, session: AwsSession, gate: threading.Event) -> None:
    """As Ctrl-C does: it is raised where the listener waits, and the round is closed."""
    began = threading.Semaphore(0)

    def slow(_: AwsSession, ask: Echo) -> int:
        began.release()
        gate.wait()
        return 0

    reads({Echo: slow, Other: lambda _, ask: 7})
    before = set(threading.enumerate())
    round_ = gather({"operator": session}, [*map(Echo, range(3 * WORKERS)), Other()])
    assert next(round_)[0] == Other()
    round_.close()
    gate.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
    begun = 0
    while began.acquire(blocking=False):
        begun += 1
    assert begun <= WORKERS


def test_a_side_without_a_session_is_unread(reads: Reads) -> None:
    reads({Echo: lambda _, ask: 1})
    (found,) = [reading for _, reading in gather({}, [Echo(1)])]
    assert isinstance(found, Unread)
    assert found.reason is Reason.CREDENTIALS


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("UnauthorizedOperation", 403, Reason.DENIED),
        ("AccessDeniedException", 400, Reason.DENIED),
        ("RequestLimitExceeded", 503, Reason.THROTTLED),
        ("OptInRequired", 401, Reason.REGION_OFF),
        ("ExpiredToken", 400, Reason.CREDENTIALS),
        ("InternalError", 500, Reason.FAILED),
    ],
)
def test_what_a_service_says_has_its_reason(
    reads: Reads, session: AwsSession, code: str, status: int, reason: Reason
) -> None:
    def refused(_: AwsSession, ask: Echo) -> int:
        error = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(error, "Echo")  # type: ignore[arg-type]

    reads({Echo: refused})
    found = all_of(session, Echo(1))[Echo(1)]
    assert isinstance(found, Unread)
    assert (found.reason, found.permission) == (reason, "ec2:Echo" if reason is Reason.DENIED else "")
    assert code in found.said


def test_our_own_errors_are_said_with_their_cause(session: AwsSession) -> None:
    from datetime import UTC, datetime

    error = AccountError("no login", cause="the SSO session has ended", action="log in")
    found = unread(error, source="sts:GetCallerIdentity", at=datetime.now(UTC))
    assert found.said == "no login (the SSO session has ended)"
