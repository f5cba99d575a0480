"""What the customer's RDS says of the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from wizard.facts.asking import Ask, Side
from wizard.findings import Severity

#: Parameters that decide whether a database can be replicated from.
PARAMETERS = (
    "rds.logical_replication",
    "max_replication_slots",
    "max_wal_senders",
    "max_slot_wal_keep_size",
    "rds.force_ssl",
)

#: What a host name is in RDS: an instance's, a cluster's for writing, for reading, of its own making; or none of them.
Match = Literal["instance", "writer", "reader", "custom", "none"]


@dataclass(frozen=True, slots=True)
class RdsFact:
    """The RDS database behind a host name. With `match` none, all but `account` and `endpoints` are empty.

    `group` is the parameter group that decides: the cluster's where there is one (`cluster` is not empty), else the
    instance's; `apply_status` is how far that group is in force on `instance`. `endpoints` are those of the region, up
    to 20. `reads_only` tells a replica's or a reader endpoint. `subnets` are those that the database can be in, `groups` its
    security groups.
    """

    account: str
    match: Match
    endpoints: tuple[str, ...] = ()
    instance: str = ""
    cluster: str = ""
    engine: str = ""
    engine_version: str = ""
    status: str = ""
    reads_only: bool = False
    publicly_accessible: bool = False
    multi_az: bool = False
    group: str = ""
    family: str = ""
    apply_status: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether the host is one of the account's endpoints."""
        return self.match != "none"

    @property
    def default_group(self) -> bool:
        """Whether the parameter group is one that cannot be changed."""
        return self.group.startswith("default.")

    def parameter(self, name: str) -> str:
        """Give a parameter's value in the group, or an empty text when the group does not say."""
        return dict(self.parameters).get(name, "")

    def number(self, name: str) -> int | None:
        """Give a parameter's value where it is a plain number: RDS has formulas as well."""
        value = self.parameter(name)
        return int(value) if value.removeprefix("-").isdigit() else None


@dataclass(frozen=True, slots=True)
class RdsDatabase(Ask[RdsFact]):
    """What is behind a host name in a region of the customer's account, seen through a profile of theirs."""

    kind: ClassVar[str] = "rds_database"
    unchecks: ClassVar[str] = "the database's parameter group, as the customer's RDS has it"
    permissions: ClassVar[tuple[str, ...]] = (
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:DescribeDBParameters",
        "rds:DescribeDBClusterParameters",
    )
    # The database itself is the better witness (`planewright readiness`): nobody waits for this one.
    weight: ClassVar[Severity] = Severity.WARN
    side: ClassVar[Side] = "customer"

    profile: str
    region: str
    host: str
