"""An endpoint service of the customer's that holds our endpoint up, and a link that replaces a path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.generators.samples import INSTANCE_OUTPUTS
from tests.live.account import Account, Case
from wizard.findings import Severity
from wizard.rehearsal.embedded import VENDOR
from wizard.rehearsal.own_service import Before, OwnService

_NAME = "database.service_name"


def _served(zone_id: str = "use1-az1") -> Callable[[Account], None]:
    """The customer has a service in a zone, which admits us."""

    def prepare(account: Account) -> None:
        vpc, subnet = _network(account, zone_id)
        OwnService(account.environ("customer"), VENDOR).build(Before(vpc, subnet, "10.20.1.10", 5432))

    return prepare


def _of_gateways(account: Account) -> None:
    """A service of the other kind: in front of firewalls."""
    _, subnet = _network(account, "use1-az1")
    ec2, elb = account.client("ec2", "customer"), account.client("elbv2", "customer")
    balancer = elb.create_load_balancer(Name="firewall", Type="gateway", Subnets=[subnet])["LoadBalancers"][0]
    made = ec2.create_vpc_endpoint_service_configuration(GatewayLoadBalancerArns=[balancer["LoadBalancerArn"]])
    ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=made["ServiceConfiguration"]["ServiceId"], AddAllowedPrincipals=[f"arn:aws:iam::{VENDOR}:root"]
    )


def _network(account: Account, zone_id: str) -> tuple[str, str]:
    ec2 = account.client("ec2", "customer")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24", AvailabilityZoneId=zone_id)["Subnet"]["SubnetId"]
    return str(vpc), str(subnet)


def _named(**changes: Any) -> Callable[[Account], Mapping[str, Any]]:
    """The answers name the service that the customer has."""

    def beside(account: Account) -> Mapping[str, Any]:
        found = account.client("ec2", "customer").describe_vpc_endpoint_service_configurations()
        name = found["ServiceConfigurations"][0]["ServiceName"]
        subject = account.subject("service", deployment={_NAME: name, **changes})
        return {"deployment": subject.deployment}

    return beside


CASES = (
    Case(
        "SERVICE_NOT_NAMED",
        "the customer has made no service yet",
        Severity.CRITICAL,
        _NAME,
        ("planewright handoff initech-prod",),
        topology="service",
        deployment={_NAME: None},
        answers_only=True,
    ),
    Case(
        "SERVICE_OTHER_REGION",
        "the service is in another region than the shard",
        Severity.CRITICAL,
        _NAME,
        ("eu-west-1 is not us-east-1",),
        topology="service",
        deployment={_NAME: "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0"},
        answers_only=True,
    ),
    Case(
        "SERVICE_NOT_SEEN",
        "the service is not there, or does not admit us",
        Severity.CRITICAL,
        _NAME,
        ("--service-id vpce-svc-0123456789abcdef0", f"arn:aws:iam::{VENDOR}:root"),
        topology="service",
    ),
    Case(
        "SERVICE_OTHER_OWNER",
        "the service is another account's than the database's VPC",
        Severity.HIGH,
        _NAME,
        ("222222222222", "333333333333"),
        topology="service",
        prepare=_served(),
        beside=_named(**{"database.vpc.account_id": "333333333333"}),
    ),
    Case(
        "SERVICE_NOT_INTERFACE",
        "the service is one of gateway load balancers",
        Severity.CRITICAL,
        _NAME,
        ("Gateway",),
        topology="service",
        prepare=_of_gateways,
        beside=_named(),
    ),
    Case(
        "SERVICE_NOT_IN_ZONE",
        "the service's load balancer is in another zone",
        Severity.CRITICAL,
        _NAME,
        ("use1-az2", "a subnet in use1-az1"),
        topology="service",
        prepare=_served("use1-az2"),
        beside=_named(),
    ),
    Case(
        "SERVICE_ASKS_ACCEPTANCE",
        "the service asks its owner to accept",
        Severity.INFO,
        _NAME,
        ("accept each endpoint",),
        topology="service",
        prepare=_served(),
        beside=_named(),
    ),
    Case(
        "LINK_REPLACES_PATH",
        "a deployment that stands on a peering gets another link",
        Severity.HIGH,
        "database.link",
        ("pcx-0123456789abcdef0", "takes down"),
        topology="service",
        beside=lambda account: {"built": INSTANCE_OUTPUTS},
    ),
)
