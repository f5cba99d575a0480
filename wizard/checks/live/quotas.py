"""Whether the quotas leave room for what this plan adds: quota - in use - added, for each quota that a stack uses up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wizard.checks.codes import code
from wizard.checks.live.usage import MEASURES, PEERING_EXPIRY, Measure, Use, asks_of, unweighed_types
from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts
from wizard.facts.quotas import ASKED, QuotaFact, Quotas
from wizard.findings import Finding, Severity

#: Hours for which a peering request waits, unless the account's quota says otherwise.
_WEEK = 168

EXCEEDED = code(
    "QUOTA_EXCEEDED",
    Severity.CRITICAL,
    why="AWS refuses what is above the quota: the apply would fail half way, with part of the stack built",
    remedy="aws service-quotas request-service-quota-increase, some days before: AWS may take that long",
)
TIGHT = code(
    "QUOTA_TIGHT",
    Severity.WARN,
    why="what is left is hardly enough for the next deployment, or for replacing what is there",
    remedy="aws service-quotas request-service-quota-increase, before it is needed: AWS may take days",
)
NOT_WEIGHED = code(
    "QUOTA_NOT_WEIGHED",
    Severity.WARN,
    why="nobody has compared what this plan adds with what the account may have of it",
    remedy="look it up: aws service-quotas list-service-quotas --service-code ec2, names that begin with Running On-Demand",
)
EARLY = code(
    "PEERING_EXPIRES_EARLY",
    Severity.INFO,
    why="a peering request that nobody has accepted by then is void, and the stack has to make another one",
    remedy="agree with the customer on when they accept, or have the quota raised to a week",
)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A quota against one use of it."""

    quota: QuotaFact
    use: Use
    region: str

    @property
    def limit(self) -> int:
        return int(self.quota.value)

    @property
    def left(self) -> int:
        """What is left after the apply; negative: how much is short."""
        return self.limit - self.use.in_use - self.use.adds

    def says(self) -> str:
        """The arithmetic."""
        found = (
            f"{self.quota.name} ({self.quota.code}){self.use.where and ' ' + self.use.where}: quota {self.limit}, in use "
            f"{self.use.in_use}, this plan adds {self.use.adds}: "
        )
        return found + (f"{-self.left} short" if self.left < 0 else f"{self.left} left")

    def request(self, desired: int) -> str:
        """The way to more."""
        if not self.quota.adjustable:
            return (
                f"AWS does not raise this quota: free what is not needed {self.use.where}, or build elsewhere".strip()
            )
        return (
            f"aws service-quotas request-service-quota-increase --service-code {self.quota.service} --quota-code "
            f"{self.quota.code} --desired-value {desired} --region {self.region}; AWS may take days"
        )


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask for the quotas, and for what is in use of them."""
    for service in ASKED:
        yield Quotas(subject.region, service)
    yield from asks_of(subject)


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Compare each use with its quota. What could not be read is weighed by nobody here."""
    quotas = {
        (quota.service, quota.code): quota
        for service in ASKED
        for quota in facts.value(Quotas(subject.region, service)) or ()
    }
    for measure in MEASURES:
        quota = quotas.get((measure.service, measure.code))
        if quota is None:
            yield from _untold(subject, facts, measure)
            continue
        for use in measure.uses(subject, facts):
            if use.adds:
                yield from _weigh(_Weighed(quota, use, subject.region), use.path or measure.path)
    yield from _families(subject)
    yield from _expiry(subject, quotas.get(PEERING_EXPIRY))


def _untold(subject: Subject, facts: Facts, measure: Measure) -> Iterator[Finding]:
    """A quota that AWS's whole list does not have. A list that could not be read is told as such."""
    if facts.value(Quotas(subject.region, measure.service)) and any(use.adds for use in measure.uses(subject, facts)):
        yield NOT_WEIGHED.at(
            measure.path,
            f"AWS lists no quota {measure.code} of {measure.service} in {subject.region}",
            remedy=f"aws service-quotas get-aws-default-service-quota --service-code {measure.service} --quota-code {measure.code}",
        )


def _families(subject: Subject) -> Iterator[Finding]:
    types = unweighed_types(subject)
    if types:
        yield NOT_WEIGHED.at(
            "nodes",
            f"{', '.join(types)}: not among the Standard families, whose vCPUs alone are compared; each other family has a "
            "quota of its own",
        )


def _weigh(weighed: _Weighed, path: str) -> Iterator[Finding]:
    needed = weighed.use.in_use + weighed.use.adds
    if weighed.left < 0:
        yield EXCEEDED.at(path, weighed.says(), remedy=weighed.request(needed))
    elif weighed.left * 10 <= weighed.limit:
        # As much again as this plan needs: a request for one more would be made again next week.
        yield TIGHT.at(path, weighed.says(), remedy=weighed.request(needed + weighed.use.adds))


def _expiry(subject: Subject, quota: QuotaFact | None) -> Iterator[Finding]:
    deployment = subject.deployment
    if quota is None or deployment is None or deployment.database.vpc is None or quota.value >= _WEEK:
        return
    yield EARLY.at(
        "database.vpc.account_id",
        f"{quota.name} ({quota.code}) is {quota.value:g}: a peering request expires after {quota.value:g} hours, not after "
        f"{_WEEK}",
    )
