"""The faults that a rehearsal can have: what each does, when, how it is taken back, and what verification has to say of it.

The register is data: the command, the page of the docs and the tests all come from it. Verification knows nothing of it:
a fault changes what AWS, PostgreSQL or an agent hold (`breaking.py`), and the path proof sees what it sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from wizard.errors import UsageError
from wizard.rehearsal import breaking
from wizard.verify.hops import HopState

if TYPE_CHECKING:
    from wizard.rehearsal.customer import Topology
    from wizard.rehearsal.world import World
    from wizard.verify.hops import Hop, Verification

#: Steps of the customer's part that a fault can have them leave out.
Step = Literal["accept", "routes", "dns", "zones", "port"]


class When(StrEnum):
    """When in the journey a fault comes on: where it would in life."""

    BEFORE_CUSTOMER = "before the customer's part"
    BEFORE_VERIFY = "after it, before verification"


@dataclass(frozen=True, slots=True)
class Named:
    """What verification says: the key of the hop that it names, and its remedy's own words, `…` for what is filled in."""

    hop: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault. `named` says for each topology in which it can be on which hop is named.

    A topology with None has the fault, and no hop is named: `otherwise` says what happens instead. `off` is None for what
    AWS knows no way back from; `leaves` are steps that the customer leaves out while it is on.
    """

    name: str
    does: str
    mended: str
    when: When
    on: Callable[[World], None]
    off: Callable[[World], None] | None
    named: Mapping[Topology, Named | None]
    leaves: frozenset[Step] = field(default_factory=frozenset)
    otherwise: str = ""

    def hop_in(self, verification: Verification) -> Hop | None:
        """Give the hop that should be named, as it was seen; None where none should be."""
        named = self.named["public" if verification.topology == "public" else "private"]
        return next((hop for hop in verification.hops if named and hop.key == named.hop), None)

    def recognised(self, verification: Verification) -> bool:
        """Whether verification named the hop; of a fault that no hop shows, whether nothing was named at all."""
        hop = self.hop_in(verification)
        return verification.verified if hop is None else hop.state in (HopState.FAILED, HopState.WAITING)


_ANEW = "planewright apply … requests it anew (it gets another id); then account … accepts that one"
_UNREACHED = Named(
    "inbound.health",
    "a route to … over … in the database's route tables; a security-group rule that admits … on TCP …; network ACLs both ways",
)
_DROPPED = Named(
    "database.tcp",
    "the customer's security group must admit … on TCP …; the network ACLs of the database's subnet must let that in …; its "
    "route table must lead back to the internet",
)

FAULTS: tuple[Fault, ...] = (
    Fault(
        "peering-not-accepted",
        "the customer does nothing: the peering request waits",
        "the customer accepts",
        When.BEFORE_CUSTOMER,
        breaking.leave_pending,
        breaking.nothing,
        {"private": Named("peering.database", "aws ec2 accept-vpc-peering-connection … --vpc-peering-connection-id …")},
        frozenset(("accept",)),
    ),
    Fault(
        "peering-rejected",
        "the customer rejects the peering request",
        "only by a new request: an apply makes one",
        When.BEFORE_CUSTOMER,
        breaking.reject_peering,
        None,
        {"private": Named("peering.database", _ANEW)},
        frozenset(("accept",)),
    ),
    Fault(
        "peering-expired",
        "eight days pass, and nobody accepts the peering request",
        "only by a new request: an apply makes one",
        When.BEFORE_CUSTOMER,
        breaking.let_peering_expire,
        None,
        {"private": Named("peering.database", _ANEW)},
        frozenset(("accept",)),
    ),
    Fault(
        "route-missing",
        "the customer's route table has no way back to us",
        "the customer adds the route",
        When.BEFORE_CUSTOMER,
        breaking.remove_route,
        breaking.restore_route,
        {"private": _UNREACHED, "public": _DROPPED},
        frozenset(("routes",)),
    ),
    Fault(
        "rule-missing",
        "the security group of the customer's database does not let us in",
        "the customer adds the rule",
        When.BEFORE_CUSTOMER,
        breaking.close_port,
        breaking.open_port,
        {"private": _UNREACHED, "public": _DROPPED},
        frozenset(("port",)),
    ),
    Fault(
        "network-acl",
        "the network ACL of the database's subnet denies the database's port",
        "the customer deletes the entry that denies",
        When.BEFORE_CUSTOMER,
        breaking.deny_in_network_acl,
        breaking.allow_in_network_acl,
        {"private": _UNREACHED, "public": _DROPPED},
    ),
    Fault(
        "dns-option-off",
        "the database is publicly accessible, and the customer's DNS option of the peering is off",
        "the customer sets the option (and the database becomes private again)",
        When.BEFORE_CUSTOMER,
        breaking.switch_peering_dns_off,
        breaking.switch_peering_dns_on,
        {
            "private": Named(
                "inbound.target",
                "aws ec2 modify-vpc-peering-connection-options … --accepter-peering-connection-options "
                "AllowDnsResolutionFromRemoteVpc=true",
            )
        },
        frozenset(("dns",)),
    ),
    Fault(
        "wrong-zone",
        "somebody has moved the inbound endpoint to another availability zone",
        "the endpoint is moved back",
        When.BEFORE_VERIFY,
        breaking.move_endpoint,
        breaking.move_endpoint_back,
        {
            "private": Named(
                "inbound.zone",
                "both belong to the shard's zone …: planewright plan … shows what has been changed by hand",
            )
        },
    ),
    Fault(
        "wrong-password",
        "the customer gives the replication user another password than the one that was seeded",
        "the user has the seeded password again",
        When.BEFORE_VERIFY,
        breaking.change_password,
        breaking.restore_password,
        {
            "private": Named(
                "database.psql", "planewright seed-secrets … the customer can set it: ALTER ROLE … PASSWORD …"
            ),
            "public": Named(
                "database.psql", "planewright seed-secrets … the customer can set it: ALTER ROLE … PASSWORD …"
            ),
        },
    ),
    Fault(
        "database-down",
        "PostgreSQL is stopped: its address is there, and refuses",
        "PostgreSQL is started",
        When.BEFORE_VERIFY,
        breaking.stop_database,
        breaking.start_database,
        {
            "private": Named(
                "inbound.health", "is PostgreSQL running, and does it listen on port …? The customer looks at …"
            ),
            "public": Named(
                "database.tcp", "is PostgreSQL running there, and on this port? The customer looks at the database"
            ),
        },
    ),
    Fault(
        "slots-exhausted",
        "subscribers that are long gone hold every replication slot of the database",
        "their slots are dropped",
        When.BEFORE_VERIFY,
        breaking.take_every_slot,
        breaking.drop_slots,
        {
            topology: Named(
                "database.replication",
                "SELECT pg_drop_replication_slot('…') … raises max_replication_slots, which takes a restart",
            )
            for topology in ("private", "public")
        },
    ),
    Fault(
        "ssm-agent-offline",
        "the SSM agent of the ingestion node is stopped",
        "the agent is started",
        When.BEFORE_VERIFY,
        breaking.stop_agent,
        breaking.start_agent,
        {
            topology: Named("node.ingestion-0.ssm", "aws ec2 reboot-instances --instance-ids …")
            for topology in ("private", "public")
        },
    ),
    Fault(
        "watcher-failing",
        "somebody has set the watcher's DATABASE_HOST to a name that does not exist, before it ever registered the database",
        "the variable is set back",
        When.BEFORE_CUSTOMER,
        breaking.misdirect_watcher,
        breaking.restore_watcher,
        {
            "private": Named(
                "inbound.target", "aws logs tail /aws/lambda/… planewright plan … shows what has been changed by hand"
            )
        },
    ),
    Fault(
        "throttling",
        "AWS limits the rate of calls: the operator's next five to EC2 are turned away",
        "the burst ends by itself",
        When.BEFORE_VERIFY,
        breaking.throttle,
        breaking.end_burst,
        {"private": None, "public": None},
        otherwise="every hop passes: the calls are made again with growing pauses, and verification says which and how often",
    ),
    Fault(
        "credentials-expiring",
        "the operator's credentials expire just before verification",
        "the operator logs in again",
        When.BEFORE_VERIFY,
        breaking.expire_credentials,
        breaking.log_in,
        {"private": None, "public": None},
        otherwise="verification stops at once, before any hop: the credentials have expired; it names `aws sso login`, and the "
        "same command goes on after a new login",
    ),
)
THROTTLING, EXPIRING = "throttling", "credentials-expiring"
_BY_NAME = {fault.name: fault for fault in FAULTS}


def fault(name: str) -> Fault:
    """Give a fault by its name. UsageError when there is none."""
    if name not in _BY_NAME:
        raise UsageError(
            f"there is no fault {name}",
            cause=f"the faults are {', '.join(_BY_NAME)}",
            action="planewright rehearse --fault help tells what each of them does",
        )
    return _BY_NAME[name]


def chosen(names: Iterable[str], topology: Topology) -> tuple[Fault, ...]:
    """Give the faults of these names, each once. UsageError for one that the topology does not have."""
    found = tuple(fault(name) for name in dict.fromkeys(names))
    for one in found:
        if topology not in one.named:
            raise UsageError(
                f"{one.name} is no fault of the {topology} topology",
                cause=f"it is one of: {', '.join(one.named)}",
                action=f"planewright rehearse --topology {next(iter(one.named))} --fault {one.name}",
            )
    return found
