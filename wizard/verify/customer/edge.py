"""What may be asked of the customer's side, answered by AWS with a session of their account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from wizard.aws import network_reads, reads
from wizard.aws.facts.database import rds_database
from wizard.errors import AwsError, PlanewrightError
from wizard.facts.database import RdsDatabase, RdsFact
from wizard.verify.customer import reading
from wizard.verify.customer.model import Acl, Interface, RouteTable, Rule
from wizard.verify.customer.reads import Look

if TYPE_CHECKING:
    from wizard.aws.reads import PeeringFact
    from wizard.aws.session import AwsSession


class SessionReads:
    """`CustomerReads` over a session that is opened at the first question. One that does not open answers none."""

    def __init__(self, opening: Callable[[], AwsSession]) -> None:
        self._opening = opening

    @property
    def tells(self) -> frozenset[Look]:
        """Everything."""
        return frozenset(Look)

    @cached_property
    def _session(self) -> AwsSession:
        try:
            return self._opening()
        except PlanewrightError as error:
            # Not the operator's own credentials: the rest of the path can be looked at.
            raise AwsError(error.title, cause=error.cause, action=error.action) from error

    def peering(self, peering_id: str) -> PeeringFact | None:
        """One peering."""
        return reads.peering(self._session, peering_id)

    def rds(self, host: str) -> RdsFact:
        """What RDS knows of a host's name."""
        with self._asked("read the customer's RDS"):
            return rds_database(self._session, RdsDatabase(profile="", region=self._session.region, host=host))

    def interfaces(self, vpc_id: str, addresses: Sequence[str]) -> tuple[Interface, ...]:
        """Interfaces by address."""
        with self._asked(f"read the interfaces of {vpc_id}"):
            pages = self._session.client("ec2").get_paginator("describe_network_interfaces")
            filters = [
                {"Name": "vpc-id", "Values": [vpc_id]},
                {"Name": "addresses.private-ip-address", "Values": list(addresses)},
            ]
            return tuple(
                reading.interface(it)
                for page in pages.paginate(Filters=filters)  # type: ignore[arg-type]
                for it in page["NetworkInterfaces"]
            )

    def route_tables(self, vpc_id: str) -> tuple[RouteTable, ...]:
        """The route tables of a VPC."""
        with self._asked(f"read the route tables of {vpc_id}"):
            return tuple(reading.route_table(it) for it in network_reads.route_tables(self._session, [vpc_id]))

    def rules(self, group_ids: Sequence[str]) -> tuple[Rule, ...]:
        """Inbound rules of security groups."""
        if not group_ids:
            return ()
        with self._asked(f"read the rules of {', '.join(group_ids)}"):
            read = map(reading.rule, network_reads.inbound_rules(self._session, "group-id", group_ids))
            return tuple(one for one in read if one is not None)

    def prefix_lists(self, ids: Sequence[str]) -> dict[str, tuple[IPv4Network, ...]]:
        """What prefix lists hold. One that may not be read is missing: what hangs on it is then not known."""
        found: dict[str, tuple[IPv4Network, ...]] = {}
        for one in ids:
            try:
                found[one] = self._prefix_list(one)
            except AwsError:
                continue
        return found

    def _prefix_list(self, list_id: str) -> tuple[IPv4Network, ...]:
        with self._asked(f"read prefix list {list_id}"):
            pages = self._session.client("ec2").get_paginator("get_managed_prefix_list_entries")
            return tuple(
                block for page in pages.paginate(PrefixListId=list_id) for block in reading.blocks(page["Entries"])
            )

    def acls(self, vpc_id: str) -> tuple[Acl, ...]:
        """The network ACLs of a VPC."""
        with self._asked(f"read the network ACLs of {vpc_id}"):
            pages = self._session.client("ec2").get_paginator("describe_network_acls")
            found = pages.paginate(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])
            return tuple(reading.acl(it) for page in found for it in page["NetworkAcls"])

    def zones(self, vpc_id: str) -> tuple[str, ...]:
        """The private zones of a VPC."""
        with self._asked(f"read the private zones of {vpc_id}"):
            return tuple(network_reads.zones_of_vpc(self._session, vpc_id, self._session.region))

    @contextmanager
    def _asked(self, doing: str) -> Iterator[None]:
        try:
            with self._session.call(doing):
                yield
        except reading.Malformed as error:
            raise AwsError(
                f"could not {doing}", cause=f"{error} is not as AWS writes it", action="please report this"
            ) from None
