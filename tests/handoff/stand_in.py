"""A customer's account that is values alone: what a look would see there, and orders that change it only in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.verify import world
from wizard.deploy.doing.acting import Consent, Ended, Made, Outcome, require_consent
from wizard.deploy.doing.calls import Call
from wizard.deploy.doing.decided import Doing
from wizard.deploy.doing.deciding import Wish, decide
from wizard.deploy.doing.theirs import Instance, Peered, Table, Theirs
from wizard.errors import AwsError, PlanewrightError
from wizard.handoff.model import Site, Step

SITE = Site("222222222222", "us-east-1")
DATABASE = "vpc-0a1b2c3d4e5f60718"
THEIRS = Theirs(
    peerings=(
        Peered("pcx-db", "pending-acceptance", DATABASE, "111111111111", "vpc-transit", "100.64.0.0/24", dns=False),
        Peered("pcx-web", "pending-acceptance", "vpc-web", "111111111111", "vpc-transit", "100.64.0.0/24", dns=False),
    ),
    tables=(
        Table("rtb-0a1b2c3d4e5f60718", DATABASE, True, (), (("10.20.0.0/16", "local", "active"),)),
        Table("rtb-web", "vpc-web", True, (), ()),
    ),
    instances=(
        Instance(
            "primary", "", "primary.example", 5432, DATABASE, ("subnet-1",), ("sg-db",), "default.postgres16", "in-sync"
        ),
    ),
)


@dataclass
class Account:
    """What is there, and what was made of it. `refuses` is the operation that AWS refuses."""

    theirs: Theirs = THEIRS
    refuses: str = ""
    consents: list[Consent] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    fails: PlanewrightError | None = None

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Put it where the front ends ask."""
        who = SimpleNamespace(account="111111111111", arn="arn:aws:iam::111111111111:user/olga")
        session = SimpleNamespace(with_patience=lambda _patience: session, identity=lambda: who)
        patch.setattr("wizard.aws.session.open_session", lambda *_, **__: session)
        patch.setattr("wizard.deploy.doing.opening.orders", self.orders)
        patch.setattr("wizard.deploy.doing.opening.do", self.do)

    def orders(self, target: Any, _operator: Any, wish: Wish, _way: Any) -> tuple[Any, ...]:
        from wizard.deploy.handoff import steps_of

        if self.fails is not None:
            raise self.fails
        return (Order(self, steps_of(target), target.name, wish),)

    def do(
        self, _target: Any, order: Order, shown: Doing, consent: Consent, *, told: Callable[[Made], None]
    ) -> Outcome:
        require_consent(shown, consent)
        self.consents.append(consent)
        made: list[Made] = []
        calls = [(part.step.key, call) for part in shown.parts for call in part.calls]
        for number, (key, call) in enumerate(calls):
            line = call.line(SITE.region)
            if call.operation == self.refuses:
                made.append(Made(key, line, Ended.REFUSED, world.NOW, f"not authorized to perform {call.permission}"))
                told(made[-1])
                error = AwsError("refused", cause=call.permission, action="allow it")
                rest = tuple((key, call.line(SITE.region)) for key, call in calls[number + 1 :])
                return Outcome(tuple(made), rest, error)
            self._call(call)
            made.append(Made(key, line, Ended.DONE, world.NOW))
            told(made[-1])
        return Outcome(tuple(made))

    def _call(self, call: Call) -> None:
        self.called.append(call.operation)
        if call.operation == "AcceptVpcPeeringConnection":
            accepted = call.arguments["VpcPeeringConnectionId"]
            peerings = tuple(
                replace(one, status="active") if one.id == accepted else one for one in self.theirs.peerings
            )
            self.theirs = replace(self.theirs, peerings=peerings)


@dataclass
class Order:
    """As `wizard.deploy.doing.acting.Order` looks and decides."""

    account: Account
    steps: Sequence[Step]
    name: str
    wish: Wish

    def doing(self) -> Doing:
        return decide(self.steps, SITE, self.name, self.account.theirs, self.wish)
