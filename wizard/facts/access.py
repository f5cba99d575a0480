"""Who is calling AWS, for how long, and whether the region is open to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from wizard.facts.asking import Ask
from wizard.findings import Severity


@dataclass(frozen=True, slots=True)
class CallerFact:
    """Who AWS says is calling. `method` is where the credentials came from, in botocore's words.

    Those are `env`, `shared-credentials-file`, `config-file`, `custom-process`, `sso`, `login`, `assume-role`,
    `assume-role-with-web-identity`, `container-role` and `iam-role`; ours is `assume-role-mfa`, a role that took a code.
    `expires_at` is None for keys that last, and where nobody says; `renewable` tells whether an apply gets new ones then
    without a person.
    """

    account: str
    arn: str
    user_id: str
    method: str
    expires_at: datetime | None
    renewable: bool

    @property
    def partition(self) -> str:
        """The partition as it stands in the ARN."""
        return self.arn.split(":")[1]

    @property
    def is_root(self) -> bool:
        """Whether these are the account's root credentials."""
        return self.arn.endswith(":root")


@dataclass(frozen=True, slots=True)
class Caller(Ask[CallerFact]):
    """Who calls. Profile and role are part of the question: another one is somebody else."""

    kind: ClassVar[str] = "caller"
    unchecks: ClassVar[str] = "whose account this is, and how long the credentials last"
    permissions: ClassVar[tuple[str, ...]] = ("sts:GetCallerIdentity",)
    weight: ClassVar[Severity] = Severity.CRITICAL

    profile: str
    role_arn: str


#: Statuses of a region in which nothing can be built, and which answers nothing.
CLOSED = frozenset({"not-opted-in", "unknown"})


@dataclass(frozen=True, slots=True)
class RegionStatus(Ask[str]):
    """A region's opt-in status: `opt-in-not-required`, `opted-in` or `not-opted-in`; `unknown` for no such region."""

    kind: ClassVar[str] = "region_status"
    unchecks: ClassVar[str] = "whether the region exists and is enabled for the account"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeRegions",)

    region: str
