"""An embedded AWS with nothing in it, and the shipped examples as answers that fit it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.live.server import Server
from tests.readiness.documents import said
from wizard.aws.session import Patience, open_session
from wizard.blueprints.load import build
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.checks.subject import Subject
from wizard.deploy.checking import Checked, Checker
from wizard.deploy.needed import emitted_of
from wizard.facts.asking import Facts
from wizard.findings import Severity
from wizard.rehearsal.answers import example
from wizard.rehearsal.clients import client
from wizard.rehearsal.embedded import CUSTOMER, VENDOR, accounts

REGION = "us-east-1"
#: Quotas of an account that somebody has prepared for a deployment.
PREPARED = {"L-1216C47A": 256.0}


#: What is tested is what a check says, not how soon: the machine may be busy. Deadlines have tests of their own.
UNHURRIED_S = 120.0
STEADY = Patience(10, 60, 4)


@dataclass(slots=True)
class Account:
    """The vendor's account in the embedded AWS, the faults that it has, and what is checked in it."""

    server: Server
    #: Variables of the operator's environment beside those that lead to the account.
    variables: dict[str, str] = field(default_factory=dict)
    #: Another way to it, through a proxy.
    endpoint_url: str = ""
    patience: Patience = STEADY

    def fault(
        self,
        *,
        denied: Iterable[str] = (),
        quotas: Mapping[str, float] | None = None,
        refusals: Mapping[str, tuple[str, str, int]] | None = None,
    ) -> None:
        """Have these faults and no others: denied IAM actions, quotas by code, calls refused with (code, text, status)."""
        self.server.tell(
            denied_actions=sorted(denied),
            quotas={**PREPARED, **(quotas or {})},
            refusals={
                call: {"code": code, "message": text, "status": status}
                for call, (code, text, status) in (refusals or {}).items()
            },
        )

    def client(self, service: str, side: str = "operator") -> Any:
        """Give a boto3 client of the vendor's or (`customer`) the customer's account."""
        return client(self.environ(side), service)

    def environ(self, side: str = "operator") -> dict[str, str]:
        """Give the variables with which a process acts in the account."""
        own = VENDOR if side == "operator" else CUSTOMER
        return accounts.environment(self.endpoint_url or self.server.endpoint_url, own, REGION) | self.variables

    def subject(
        self,
        topology: str = "private",
        *,
        shard: Mapping[str, Any] | None = None,
        deployment: Mapping[str, Any] | None = None,
        **beside: Any,
    ) -> Subject:
        """Give the shipped example as a subject; keys are dotted (`nodes.fdw.count`), `beside` are Subject's fields.

        Its database has said that it is ready, unless `beside` says otherwise.
        """
        shard_answers = build(changed(example("shard"), shard or {}), ShardAnswers, source="the shard's example")
        answers = build(changed(example(topology), deployment or {}), DeploymentAnswers, source="the example")
        emitted = emitted_of(shard_answers, answers)
        return replace(Subject(shard_answers, answers, emitted=emitted, readiness=said()), **beside)

    def checker(self, **changes: Any) -> Checker:
        """Give a checker with the operator's session, of the private example."""
        return self.checker_of(self.subject(), **changes)

    def checker_of(self, subject: Subject, **changes: Any) -> Checker:
        """Give a checker with the operator's session, as the subject's answers have it opened."""
        return Checker(lambda: self.sessions(subject), **{"deadline_s": UNHURRIED_S} | changes)

    def sessions(self, subject: Subject | None = None) -> dict[str, Any]:
        """Open both sides' sessions. Whoever is asked for an MFA code gives one."""
        subject = subject or self.subject()
        customer = self.subject().account.model_copy(update={"id": CUSTOMER})
        return {
            "operator": open_session(
                subject.account, environ=self.environ(), mfa_code=lambda _: "123456", patience=self.patience
            ),
            "customer": open_session(customer, environ=self.environ("customer"), patience=self.patience),
        }

    def check(self, subject: Subject | None = None) -> Checked:
        """Check a subject, or the private example, against the account."""
        subject = subject or self.subject()
        return self.checker_of(subject).check(subject)


def changed(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Give values with dotted keys set (`applications.0.cidr`); a value of None removes the key."""
    new = copy.deepcopy(dict(values))
    for dotted, value in changes.items():
        *path, last = dotted.split(".")
        inner: Any = new
        for key in path:
            inner = inner[int(key)] if isinstance(inner, list) else inner.setdefault(key, {})
        if isinstance(inner, list):
            inner[int(last)] = value
        elif value is None:
            inner.pop(last, None)
        else:
            inner[last] = value
    return new


def nothing(account: Account) -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Case:
    """A bad case: what is done to a good account or to good answers, and the finding that must say so.

    `prepare` works on the embedded AWS; `beside` gives fields of the Subject, made after `prepare` ran.
    """

    code: str
    title: str
    severity: Severity
    path: str
    says: tuple[str, ...]
    topology: str = "private"
    shard: Mapping[str, Any] = field(default_factory=dict)
    deployment: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[Account], None] = nothing
    beside: Callable[[Account], Mapping[str, Any]] = lambda account: {}
    #: The account is as for any other such case: what was read for one serves all.
    answers_only: bool = False
    #: What becomes of a good check's facts in a file before they are checked against; None: no file has a part in it.
    recorded: Callable[[Facts], Facts] | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.title}"
