"""What the readers make of the account's networks."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from tests.live.account import Account
from tests.live.built import DEPLOYMENT_TAGS, aws_tags, tagged_vpc
from wizard.aws.facts.readers import readers
from wizard.facts.asking import Ask
from wizard.facts.names import FunctionsNamed
from wizard.facts.network import Endpoints, EndpointServices, Peerings, Subnets, Vpcs, tag

REGION = "us-east-1"


def _read(account: Account, ask: Ask[Any]) -> Any:
    return account.checker().read([ask], account.subject()).value(ask)


def test_a_vpc_has_all_its_blocks_and_tags(account: Account) -> None:
    vpc = tagged_vpc(account, "10.1.0.0/16", {"Name": "web"})
    account.client("ec2").associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.0.0/20")

    found = {fact.id: fact for fact in _read(account, Vpcs(REGION))}

    assert found[vpc].cidrs == ("10.1.0.0/16", "100.64.0.0/20")
    assert tag(found[vpc].tags, "Name") == "web"
    assert tag(found[vpc].tags, "Owner") == ""
    assert [fact.cidrs for fact in found.values() if fact.is_default] == [("172.31.0.0/16",)]


def test_a_subnet_has_its_zones_id_and_what_is_free(account: Account) -> None:
    vpc = tagged_vpc(account, "10.1.0.0/16", {})
    ec2 = account.client("ec2")
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/28", AvailabilityZoneId="use1-az2")["Subnet"]["SubnetId"]

    [found] = [fact for fact in _read(account, Subnets(REGION)) if fact.id == subnet]

    assert (found.vpc_id, found.zone_id, found.free_addresses) == (vpc, "use1-az2", 11)


def test_a_peering_has_both_sides(account: Account) -> None:
    near = tagged_vpc(account, "10.1.0.0/16", {})
    far = account.client("ec2", "customer").create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    account.client("ec2").create_vpc_peering_connection(
        VpcId=near,
        PeerVpcId=far,
        PeerOwnerId="222222222222",
        TagSpecifications=[{"ResourceType": "vpc-peering-connection", "Tags": aws_tags(DEPLOYMENT_TAGS)}],
    )

    [found] = _read(account, Peerings(REGION))

    assert (found.requester.vpc_id, found.requester.account_id, found.requester.cidrs) == (
        near,
        "111111111111",
        ("10.1.0.0/16",),
    )
    assert (found.accepter.vpc_id, found.accepter.account_id) == (far, "222222222222")
    assert found.status == "pending-acceptance"
    assert tag(found.tags, "planewright:deployment") == "acme-prod"


def test_endpoints_are_told_with_their_kind(account: Account) -> None:
    vpc = tagged_vpc(account, "10.1.0.0/16", {})
    service = "com.amazonaws.us-east-1.s3"
    account.client("ec2").create_vpc_endpoint(VpcId=vpc, ServiceName=service, VpcEndpointType="Gateway")

    [found] = _read(account, Endpoints(REGION))

    assert (found.vpc_id, found.kind, found.service, found.state) == (vpc, "Gateway", service, "available")


def test_where_a_service_is_is_told_by_zone_id_and_one_that_is_nowhere_is_no_error(account: Account) -> None:
    names = tuple(f"com.amazonaws.us-east-1.{name}" for name in ("elasticloadbalancing", "nothing", "s3"))

    balancing, nothing, s3 = _read(account, EndpointServices(REGION, names))

    assert balancing.kinds == ("Interface",)
    assert balancing.zone_ids == ("use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6")
    assert (nothing.exists, nothing.zone_ids) == (False, ())
    assert s3.kinds == ("Gateway", "Interface")


class _Session:
    """A session whose only client is a stub."""

    region = REGION

    def __init__(self, client: Any, service: str = "ec2", region: str | None = REGION) -> None:
        self._client, self._of = client, (service, region)

    def client(self, service: str, region: str | None = None) -> Any:
        assert (service, region) == self._of
        return self._client


@pytest.mark.parametrize(
    ("ask", "operation", "items", "entries"),
    [
        (Vpcs(REGION), "describe_vpcs", "Vpcs", [{"VpcId": f"vpc-{i}", "CidrBlock": "10.0.0.0/16"} for i in (1, 2)]),
        (
            Subnets(REGION),
            "describe_subnets",
            "Subnets",
            [
                {
                    "SubnetId": f"subnet-{i}",
                    "VpcId": "vpc-1",
                    "CidrBlock": "10.0.0.0/24",
                    "AvailabilityZoneId": "use1-az1",
                    "AvailableIpAddressCount": 251,
                }
                for i in (1, 2)
            ],
        ),
        (
            Peerings(REGION),
            "describe_vpc_peering_connections",
            "VpcPeeringConnections",
            [{"VpcPeeringConnectionId": f"pcx-{i}"} for i in (1, 2)],
        ),
        (Endpoints(REGION), "describe_vpc_endpoints", "VpcEndpoints", [{"VpcEndpointId": f"vpce-{i}"} for i in (1, 2)]),
    ],
    ids=lambda value: value.kind if isinstance(value, Ask) else "",
)
def test_every_page_is_read(ask: Ask[Any], operation: str, items: str, entries: list[dict[str, Any]]) -> None:
    client = boto3.client("ec2", region_name=REGION, aws_access_key_id="none", aws_secret_access_key="none")
    with Stubber(client) as stub:
        stub.add_response(operation, {items: entries[:1], "NextToken": "more"})
        stub.add_response(operation, {items: entries[1:]}, {"NextToken": "more"})
        found = readers()[type(ask)](_Session(client), ask)  # type: ignore[arg-type]
        stub.assert_no_pending_responses()
    assert len(found) == 2


def test_a_function_whose_tags_may_not_be_read_is_not_taken_for_one_without_tags() -> None:
    """Lambda answers all the same, and says in a field that it left the tags out."""
    client = boto3.client("lambda", region_name=REGION, aws_access_key_id="none", aws_secret_access_key="none")
    arn = "arn:aws:lambda:us-east-1:111111111111:function:acme-prod-watcher"
    without = {"ErrorCode": "AccessDeniedException", "Message": "not authorized to perform: lambda:ListTags".ljust(84)}
    ask = FunctionsNamed(REGION, ("acme-prod-watcher",))
    with Stubber(client) as stub:
        stub.add_response("get_function", {"Configuration": {"FunctionArn": arn}, "TagsError": without})
        stub.add_client_error("list_tags", "AccessDeniedException", expected_params={"Resource": arn})
        with pytest.raises(ClientError, match="AccessDenied"):
            readers()[FunctionsNamed](_Session(client, "lambda", None), ask)  # type: ignore[arg-type]
