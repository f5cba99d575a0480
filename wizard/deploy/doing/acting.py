"""Doing what was shown, with the consent that was typed: looked at again first, the very same calls, each written down.

The first refusal ends it: what was done stays, what was not is told. It can be done again, since what is done is left alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from botocore import xform_name
from botocore.exceptions import ClientError

from wizard.aws.errors import error_code
from wizard.deploy.doing.calls import Call, Move
from wizard.deploy.doing.decided import Doing, Part
from wizard.deploy.doing.deciding import Wish, decide
from wizard.deploy.doing.looking import look, peering_status
from wizard.errors import AccountError, AwsError, BlockedError, PlanewrightError
from wizard.handoff.model import Site, Step

if TYPE_CHECKING:
    from wizard.aws.session import AwsSession, Identity

#: What RDS calls it that something is not over yet.
_NOT_YET: Final = frozenset({"InvalidDBParameterGroupState", "InvalidDBInstanceState", "InvalidDBClusterStateFault"})
#: How often, and how many seconds apart, an accepted peering is looked at until it is active.
TRIES: Final = 30
APART_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Consent:
    """What was typed, by whom, and when: the account's id, and the instance's where one is restarted."""

    account_id: str
    who: str
    at: datetime
    restart: str = ""


class Ended(StrEnum):
    """How a move ended."""

    DONE = "done"
    TOO_EARLY = "not yet"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Made:
    """One move that was made: of which step, what it is as a line, and how it ended. `request` is AWS's id of the call."""

    key: str
    line: str
    ended: Ended
    at: datetime
    why: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of what was shown. `error` is the refusal that ended it; `not_made` are the lines that it left."""

    made: tuple[Made, ...]
    not_made: tuple[tuple[str, str], ...] = ()
    error: PlanewrightError | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: steps at a site of a deployment, the wish that was shown, and the session that acts there."""

    steps: Sequence[Step]
    site: Site
    deployment: str
    session: AwsSession
    wish: Wish

    def doing(self) -> Doing:
        """Look, and decide. Changes nothing. Raises AwsError, AccountError, UsageError."""
        require_site(self.session.identity(), self.site)
        theirs = look(self.steps, self.site, self.deployment, self.session, self.wish)
        return decide(self.steps, self.site, self.deployment, theirs, self.wish)


def require_site(identity: Identity, site: Site) -> None:
    """Raise AccountError unless the caller is in the customer's account."""
    partition = identity.arn.split(":")[1]
    if (identity.account, partition) != (site.account_id, site.partition):
        raise AccountError(
            f"these credentials are for account {identity.account}, not the customer's {site.account_id}",
            cause=f"{identity.arn} is in {identity.account} ({partition}); the steps are in {site.account_id} ({site.partition})",
            action="name a role or a profile of the customer's account; nothing was done",
        )


def act(
    order: Order,
    shown: Doing,
    consent: Consent,
    *,
    begun: Callable[[Doing, Consent, Identity], None],
    told: Callable[[Made], None],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Outcome:
    """Make the calls that were shown. `begun` keeps the consent before the first of them, `told` each as it ends.

    Raises BlockedError where the consent does not name the account, or their side is not as it was when it was shown;
    AccountError for credentials of another account. Nothing was done then. What AWS refuses is in the outcome.
    """
    require_consent(shown, consent)
    now = order.doing()
    if now.digest != shown.digest:
        raise BlockedError(
            "their side is not as it was when this was shown: nothing was done",
            cause=_difference(shown, now),
            action="look at the calls again, and say yes to those",
        )
    begun(shown, consent, order.session.identity())
    made: list[Made] = []
    moves = [(part, move) for part in shown.parts for move in part.moves]
    for number, (part, move) in enumerate(moves):
        ended, error = _make(order, part, move, sleep, clock)
        made.append(ended)
        told(ended)
        if error is not None:
            rest = tuple((part.step.key, _said(move, shown.site)) for part, move in moves[number + 1 :])
            return Outcome(tuple(made), rest, error)
    return Outcome(tuple(made))


def require_consent(shown: Doing, consent: Consent) -> None:
    """Raise BlockedError unless the account was named, and the instance where one is restarted."""
    if consent.account_id != shown.site.account_id:
        raise BlockedError(
            f"nothing was done in account {shown.site.account_id}: nobody typed its id",
            cause="it is the customer's account: the calls are made with their consent alone",
            action=f"with their consent, type {shown.site.account_id} when asked, or give it with --consent",
        )
    if shown.restart and consent.restart != shown.restart:
        raise BlockedError(
            f"nothing was done: the restart of {shown.restart} was not confirmed",
            cause="it cuts every connection of the database for about a minute",
            action=f"at the agreed time, type {shown.restart} when asked, or give it with --restart",
        )


def _difference(shown: Doing, now: Doing) -> str:
    before, after = set(_lines(shown)), set(_lines(now))
    gone, new = sorted(before - after), sorted(after - before)
    parts = [f"no longer: {'; '.join(gone)}"] if gone else []
    parts += [f"now also: {'; '.join(new)}"] if new else []
    return ". ".join(parts) or "the order of the calls is another"


def _lines(doing: Doing) -> Iterator[str]:
    return (_said(move, doing.site) for part in doing.parts for move in part.moves)


def _said(move: Move, site: Site) -> str:
    return move.line(site.region) if isinstance(move, Call) else f"wait {move.words}"


def _make(
    order: Order, part: Part, move: Move, sleep: Callable[[float], None], clock: Callable[[], datetime]
) -> tuple[Made, PlanewrightError | None]:
    key, line = part.step.key, _said(move, order.site)
    if not isinstance(move, Call):
        waited = _until_active(order.session, move.peering_id, sleep)
        return Made(key, line, Ended.REFUSED if waited else Ended.DONE, clock(), waited.title if waited else ""), waited
    client: Any = order.session.client(move.service)  # type: ignore[call-overload]
    try:
        with order.session.call(f"{part.step.title[:1].lower()}{part.step.title[1:]} ({move.permission})"):
            try:
                answer = getattr(client, xform_name(move.operation))(**move.arguments)
            except ClientError as refused:
                if move.too_early and error_code(refused) in _NOT_YET:
                    return Made(key, line, Ended.TOO_EARLY, clock(), move.too_early, _request(refused.response)), None
                raise
    except (AwsError, AccountError) as failed:
        cause = failed.__cause__
        response: Any = cause.response if isinstance(cause, ClientError) else {}
        return Made(key, line, Ended.REFUSED, clock(), failed.cause or failed.title, _request(response)), failed
    return Made(key, line, Ended.DONE, clock(), "", _request(answer)), None


def _request(answer: Any) -> str:
    return str(answer.get("ResponseMetadata", {}).get("RequestId", ""))


def _until_active(session: AwsSession, peering_id: str, sleep: Callable[[float], None]) -> PlanewrightError | None:
    status = ""
    for tried in range(TRIES):
        if tried:
            sleep(APART_S)
        try:
            status = peering_status(session, peering_id)
        except (AwsError, AccountError) as failed:
            return failed
        if status == "active":
            return None
        if status not in {"pending-acceptance", "provisioning", "initiating-request"}:
            break
    return AwsError(
        f"{peering_id} is {status or 'gone'}, and not active",
        cause="it was accepted, and did not become active",
        action="look at it again in a minute, and do the rest then",
    )
