"""A shard that something else made: read, checked against what deployments need, kept as a contract, never changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.live.account import Account
from tests.workspaces import with_examples
from wizard import cli
from wizard.blueprints.springtail.contracts import ShardOutputs
from wizard.deploy import store
from wizard.deploy.overview import State, row
from wizard.workspace import Place, Workspace


@dataclass
class Foreign:
    """A shard's parts as a click or another tool makes them, without a tag of ours."""

    account: Account
    ids: dict[str, str]

    @property
    def flags(self) -> list[str]:
        """The four that an operator names."""
        named = ("private-subnet", "public-subnet", "redis", "topic")
        return [word for name in named for word in (f"--{name}", self.ids[name])]


def foreign(account: Account, *, notifications: str = "AKE", tls: bool = True, private_way: str = "nat") -> Foreign:
    """Make it: one VPC, two subnets, their ways out, Redis, a topic."""
    ec2, cache, sns = (account.client(service) for service in ("ec2", "elasticache", "sns"))
    vpc = ec2.create_vpc(CidrBlock="10.64.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    zone = next(
        it["ZoneName"] for it in ec2.describe_availability_zones()["AvailabilityZones"] if it["ZoneId"] == "use1-az1"
    )
    made = {
        name: ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for name, cidr in (("private-subnet", "10.64.0.0/18"), ("public-subnet", "10.64.64.0/24"))
    }
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc")
    nat = ec2.create_nat_gateway(SubnetId=made["public-subnet"], AllocationId=address["AllocationId"])["NatGateway"]
    ways: dict[str, dict[str, str]] = {"nat": {"NatGatewayId": nat["NatGatewayId"]}, "igw": {"GatewayId": gateway}}
    for name, way in (("private-subnet", private_way), ("public-subnet", "igw")):
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=made[name])
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **ways[way])
    group = ec2.create_security_group(GroupName="cache", Description="of Redis", VpcId=vpc)["GroupId"]
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="theirs", CacheSubnetGroupDescription="theirs", SubnetIds=[made["private-subnet"]]
    )
    cache.create_cache_parameter_group(
        CacheParameterGroupName="theirs", CacheParameterGroupFamily="redis7", Description="theirs"
    )
    cache.modify_cache_parameter_group(
        CacheParameterGroupName="theirs",
        ParameterNameValues=[{"ParameterName": "notify-keyspace-events", "ParameterValue": notifications}],
    )
    cache.create_user(
        UserId="theirs", UserName="default", Engine="redis", AccessString="off -@all", NoPasswordRequired=True
    )
    cache.create_user_group(UserGroupId="theirs", Engine="redis", UserIds=["theirs"])
    cache.create_replication_group(
        ReplicationGroupId="theirs",
        ReplicationGroupDescription="theirs",
        Engine="redis",
        CacheNodeType="cache.t4g.medium",
        NumCacheClusters=1,
        CacheSubnetGroupName="theirs",
        CacheParameterGroupName="theirs",
        SecurityGroupIds=[group],
        **({"UserGroupIds": ["theirs"], "TransitEncryptionEnabled": True} if tls else {}),
    )
    topic = sns.create_topic(Name="theirs")["TopicArn"]
    made |= {"redis": "theirs", "topic": topic, "vpc": vpc, "group": group, "nat": address["PublicIp"]}
    return Foreign(account, made)


@pytest.fixture
def workspace(tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    for name, value in account.environ().items():
        monkeypatch.setenv(name, value)
    return Workspace(with_examples(tmp_path))


@pytest.fixture
def place(workspace: Workspace) -> Place:
    return workspace.place("shard", "use1-a")


def run(workspace: Workspace, *arguments: str) -> int:
    return cli.run([*arguments, "--workspace", str(workspace.root)])


def kept(place: Place) -> ShardOutputs:
    found = store.load_contract(place, "shard")
    assert isinstance(found, ShardOutputs)
    return found


def test_what_aws_has_becomes_the_contract(
    account: Account, workspace: Workspace, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = foreign(account)
    assert run(workspace, "adopt", "use1-a", *theirs.flags) == 0

    outputs = kept(place)
    assert (outputs.vpc_id, outputs.vpc_cidr, outputs.zone_id) == (theirs.ids["vpc"], "10.64.0.0/16", "use1-az1")
    assert (outputs.private_subnet_id, outputs.nat_public_ip) == (theirs.ids["private-subnet"], theirs.ids["nat"])
    assert (outputs.redis_user_group_id, outputs.redis_security_group_id) == ("theirs", theirs.ids["group"])
    assert outputs.redis_host
    assert row(place).state is not State.DRAFT
    assert "planewright new NAME --shard use1-a" in capsys.readouterr().out


def test_it_is_never_planned_destroyed_or_looked_for_in_a_state(
    account: Account, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    run(workspace, "adopt", "use1-a", *foreign(account).flags)
    for command in (
        ("plan",),
        ("apply", "--yes"),
        ("destroy", "--confirm", "use1-a"),
        ("drift",),
        ("state", "recover"),
    ):
        assert run(workspace, *command, "use1-a") == 1, command
        said = capsys.readouterr().err
        assert "was not made by Planewright" in said, (command, said)
    assert account.client("s3").list_buckets()["Buckets"] == [], "no bucket was made for a state that there never is"


def test_what_only_looks_goes_on_working(account: Account, workspace: Workspace) -> None:
    run(workspace, "adopt", "use1-a", *foreign(account).flags)
    for command in ("status", "outputs", "history", "report"):
        assert run(workspace, command, "use1-a") == 0, command
    assert run(workspace, "list") == 0


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_kept(
    account: Account, workspace: Workspace, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = foreign(account, notifications="Kx", tls=False, private_way="igw")
    theirs.ids |= {"topic": "arn:aws:sns:us-east-1:111111111111:none"}
    answers = place.answers.read_text()
    place.answers.write_text(answers.replace("use1-az1", "use1-az2"))

    assert run(workspace, "adopt", "use1-a", *theirs.flags) == 2

    said = capsys.readouterr().err
    for part in (
        "--topic: there is no arn:aws:sns:us-east-1:111111111111:none",
        "notify-keyspace-events = Kx",
        "without TLS",
        "has 0 user groups",
        "need a NAT gateway",
        "the answers say use1-az2, and AWS has use1-az1",
        "planewright new use1-a --force --set zone_id=use1-az1",
    ):
        assert part in said
    assert not place.contract("shard").exists()
    assert not (place.path / "adopted.json").exists()


def test_read_anew_it_says_what_has_changed(
    account: Account, workspace: Workspace, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    run(workspace, "adopt", "use1-a", *foreign(account).flags)
    before = kept(place)
    store.save_contract(place, "shard", before.model_copy(update={"nat_public_ip": "198.51.100.7"}))
    capsys.readouterr()

    assert run(workspace, "adopt", "use1-a", "--look", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["changed"] == [{"output": "nat_public_ip", "was": "198.51.100.7", "is": before.nat_public_ip}]
    assert kept(place).nat_public_ip == "198.51.100.7", "a look keeps nothing"
    assert run(workspace, "adopt", "use1-a") == 0
    assert kept(place) == before
    capsys.readouterr()
    assert run(workspace, "history", "use1-a") == 0
    assert f"nat_public_ip 198.51.100.7 -> {before.nat_public_ip}" in capsys.readouterr().out
    assert run(workspace, "adopt", "use1-a", "--look") == 0


def test_a_deployments_policies_name_what_it_really_stands_on(
    account: Account, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    run(workspace, "adopt", "use1-a", *foreign(account).flags)
    capsys.readouterr()
    assert run(workspace, "policy", "acme-prod", "--for", "operator", "--json") == 0
    said = capsys.readouterr().out
    assert "usergroup:theirs" in said
    assert "usergroup:use1-a" not in said


def test_a_shard_that_planewright_made_is_not_adopted(
    account: Account, workspace: Workspace, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = foreign(account)
    run(workspace, "adopt", "use1-a", *theirs.flags)
    (place.path / "adopted.json").unlink()
    assert run(workspace, "adopt", "use1-a", *theirs.flags) == 1
    assert "was made by Planewright" in capsys.readouterr().err


def test_it_is_forgotten_only_while_nothing_stands_on_it(
    account: Account, workspace: Workspace, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    run(workspace, "adopt", "use1-a", *foreign(account).flags)
    stands = workspace.place("deployment", "acme-prod").contract("instance")
    stands.parent.mkdir(parents=True)
    stands.write_text("{}")
    assert run(workspace, "adopt", "use1-a", "--forget") == 1
    assert "acme-prod" in capsys.readouterr().err
    assert kept(place)
    stands.unlink()
    assert run(workspace, "adopt", "use1-a", "--forget") == 0
    assert not place.contract("shard").exists()
    assert not (place.path / "adopted.json").exists()


def test_a_permission_that_is_missing_is_named(
    account: Account, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = foreign(account)
    account.fault(denied={"elasticache:DescribeReplicationGroups"})
    assert run(workspace, "adopt", "use1-a", *theirs.flags) == 1
    assert "elasticache:DescribeReplicationGroups" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--private-subnet, --public-subnet, --redis and --topic"),
        (["--redis", "theirs"], "--private-subnet, --public-subnet, --topic missing"),
        (["--forget"], "was not adopted"),
    ],
)
def test_too_little_said_is_told(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(workspace, "adopt", "use1-a", *arguments) == 2
    assert said in capsys.readouterr().err


def test_a_deployment_is_not_adopted(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], account: Account
) -> None:
    theirs: Any = foreign(account)
    assert run(workspace, "adopt", "acme-prod", *theirs.flags) == 2
    assert "acme-prod is a deployment" in capsys.readouterr().err
