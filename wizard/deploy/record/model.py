"""What a record holds, as values. Everything in it was redacted when it was made."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from wizard.findings import Finding
from wizard.verify.hops import HopState

#: Version of the record's shape.
FORMAT = 1


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Accepted(_Value):
    """A high finding that somebody accepted. `current` is false when nothing finds it any more."""

    code: str
    path: str
    reason: str
    who: str
    at: datetime
    current: bool


class Applied(_Value):
    """The newest apply of a stack. `plan_digest` is the saved plan's that was shown and applied; `action` what it did."""

    stack: str
    owner: str
    run: str
    action: Literal["apply", "destroy"]
    outcome: str
    plan_digest: str
    engine: str
    who: str
    ended_at: datetime | None


class Event(_Value):
    """Something that was done: when, on which object, what, and by whom as far as that was written down.

    `kind`: plan, apply, destroy, acknowledgement, skipped, wait, unlock, state, upgrade, secret, services, for the customer,
    verification, database, image. The rest is empty where it does not apply: `digest` is the plan's (of a state, the
    state's), `confirmed` who said yes to it and how, `reason` why it was done, in the words of who did it.
    """

    at: datetime
    object: str
    what: str
    who: str = ""
    kind: str = ""
    stack: str = ""
    run: str = ""
    digest: str = ""
    engine: str = ""
    outcome: str = ""
    confirmed: str = ""
    reason: str = ""


class SeenHop(_Value):
    """A hop, as the verification's report has it."""

    key: str
    title: str
    subject: str
    state: HopState
    observed_at: datetime
    evidence: tuple[str, ...] = ()
    reason: str = ""
    remedy: str = ""
    waiting_on: str = ""
    seconds: float = 0.0


class SeenFacts(_Value):
    """What the verification's report says of the ground that it stands on."""

    provider: str = ""
    state_bucket: str = ""
    seeded: dict[str, bool] = Field(default_factory=dict)
    drift: tuple[str, ...] = ()
    not_proven: tuple[str, ...] = ()


class SeenIdentity(_Value):
    """Who AWS said was asking."""

    account: str
    arn: str


class Seen(_Value):
    """The newest verification. `digest` is that of its report; `current` is false when something was applied since."""

    file: str
    digest: str
    current: bool
    verified: bool
    rehearsal: bool
    started_at: datetime
    ended_at: datetime
    identity: SeenIdentity
    versions: dict[str, str]
    hops: tuple[SeenHop, ...]
    facts: SeenFacts

    def in_state(self, *states: HopState) -> tuple[SeenHop, ...]:
        """Hops in any of these states, in the path's order."""
        return tuple(hop for hop in self.hops if hop.state in states)


class Record(_Value):
    """All that is known of an object when the record was made, as far as it lies in the workspace.

    `findings_from` says what the findings rest on, in words; `signed_by` names who signed it off; `not_proven` are
    sentences about what nothing here shows.
    """

    format: int = FORMAT
    object: str
    kind: str
    shard: str
    topology: str
    account: str
    region: str
    made_at: datetime
    made_by: str
    signed_by: tuple[str, ...] = ()
    note: str = ""
    versions: dict[str, str]
    answers: str
    answers_digest: str
    findings: tuple[Finding, ...]
    findings_from: str
    accepted: tuple[Accepted, ...] = ()
    applied: tuple[Applied, ...] = ()
    timeline: tuple[Event, ...] = ()
    verification: Seen | None = None
    not_proven: tuple[str, ...] = ()
