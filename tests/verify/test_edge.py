"""What probes ask of AWS: each question as the API's model wants it, each answer read into a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.stub import Stubber

from tests.verify.world import shard
from wizard.aws.session import AwsSession, open_session
from wizard.errors import AwsError
from wizard.verify import reads
from wizard.verify.edge import AwsReads, stand_in

ENVIRON = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret-but-the-shape-of-one-0000000",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
}
Ask = Callable[[AwsReads], Any]


@pytest.fixture(scope="module")
def session() -> AwsSession:
    """One for all: making boto3's clients is what takes the time, and a stub leaves none of itself behind."""
    return open_session(shard().account, environ=ENVIRON)


def asking(session: AwsSession, service: str, call: str, answer: Any, expects: dict[str, Any] | None, ask: Ask) -> Any:
    client: Any = session.client(service)  # type: ignore[call-overload]
    with Stubber(client) as stub:
        if isinstance(answer, str):
            stub.add_client_error(call, answer, f"{answer} happened")
        else:
            stub.add_response(call, answer, expects)
        result = ask(AwsReads(session))
        stub.assert_no_pending_responses()
        return result


CASES: list[tuple[str, str, Any, dict[str, Any] | None, Ask, Any]] = [
    ("elbv2", "describe_listeners",
     {"Listeners": [{"Port": 5432, "Protocol": "TCP", "DefaultActions": [{"Type": "forward", "TargetGroupArn": "tg"}]}]},
     {"LoadBalancerArn": "nlb"}, lambda ask: ask.listeners("nlb"), (reads.Listener(5432, "TCP", ("tg",)),)),
    ("elbv2", "describe_listeners", "LoadBalancerNotFound", None, lambda ask: ask.listeners("nlb"), ()),
    ("ec2", "describe_security_group_rules",
     {"SecurityGroupRules": [
         {"IsEgress": False, "CidrIpv4": "203.0.113.0/24", "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432},
         {"IsEgress": False, "CidrIpv6": "::/0", "IpProtocol": "-1", "FromPort": -1, "ToPort": -1},
         {"IsEgress": False, "ReferencedGroupInfo": {"GroupId": "sg-9"}, "IpProtocol": "tcp", "FromPort": 1,
          "ToPort": 2},
         {"IsEgress": True, "CidrIpv4": "0.0.0.0/0", "IpProtocol": "-1", "FromPort": -1, "ToPort": -1}]},
     {"Filters": [{"Name": "group-id", "Values": ["sg-1"]}]}, lambda ask: ask.ingress(["sg-1"]),
     (reads.IngressRule("203.0.113.0/24", "tcp", 5432, 5432), reads.IngressRule("::/0", "-1", -1, -1),
      reads.IngressRule("sg-9", "tcp", 1, 2))),
    ("route53", "list_resource_record_sets",
     {"IsTruncated": False, "MaxItems": "20", "ResourceRecordSets": [
         {"Name": "px.acme.com.", "Type": "A",
          "AliasTarget": {"HostedZoneId": "Z9", "DNSName": "vpce-1.example.", "EvaluateTargetHealth": False}},
         {"Name": "px.acme.com.", "Type": "TXT", "TTL": 5, "ResourceRecords": [{"Value": '"x"'}]},
         {"Name": "qx.acme.com.", "Type": "A", "TTL": 5, "ResourceRecords": [{"Value": "10.0.0.1"}]}]},
     {"HostedZoneId": "Z1", "StartRecordName": "px.acme.com", "MaxItems": "20"},
     lambda ask: ask.records("Z1", "px.acme.com"),
     (reads.Record("px.acme.com", "A", ("vpce-1.example.",)), reads.Record("px.acme.com", "TXT", ('"x"',)))),
    ("route53", "list_resource_record_sets", "NoSuchHostedZone", None, lambda ask: ask.records("Z1", "x.y"), ()),
    ("ec2", "describe_vpcs",
     {"Vpcs": [{"VpcId": "vpc-1", "State": "available", "CidrBlockAssociationSet": [{"CidrBlock": "10.0.0.0/16"}]}]},
     {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1"]}]}, lambda ask: ask.vpc("vpc-1"),
     reads.Vpc("vpc-1", "available", ("10.0.0.0/16",))),
    ("ec2", "describe_vpcs", {"Vpcs": []}, None, lambda ask: ask.vpc("vpc-1"), None),
    ("ec2", "describe_nat_gateways",
     {"NatGateways": [
         {"NatGatewayId": "nat-1", "State": "available", "NatGatewayAddresses": [{"PublicIp": "54.1.1.1"}]},
         {"NatGatewayId": "nat-0", "State": "deleted", "NatGatewayAddresses": [{"PublicIp": "54.1.1.1"}]}]},
     {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1"]}]}, lambda ask: ask.nat_gateways("vpc-1"),
     (reads.NatGateway("nat-1", "available", ("54.1.1.1",)),)),
    ("elasticache", "describe_replication_groups",
     {"ReplicationGroups": [{"ReplicationGroupId": "r", "Status": "available", "TransitEncryptionEnabled": True,
                             "AtRestEncryptionEnabled": True, "UserGroupIds": ["g"]}]},
     {"ReplicationGroupId": "r"}, lambda ask: ask.redis_group("r"),
     reads.RedisGroup("r", "available", tls=True, encrypted=True, user_group_ids=("g",))),
    ("elasticache", "describe_replication_groups", "ReplicationGroupNotFoundFault", None,
     lambda ask: ask.redis_group("r"), None),
    ("elasticache", "describe_user_groups",
     {"UserGroups": [{"UserGroupId": "g", "Status": "active", "UserIds": ["a", "b"]}]}, {"UserGroupId": "g"},
     lambda ask: ask.redis_user_group("g"), reads.RedisUserGroup("g", "active", ("a", "b"))),
    ("elasticache", "describe_user_groups", "UserGroupNotFound", None, lambda ask: ask.redis_user_group("g"), None),
    ("elasticache", "describe_users",
     {"Users": [{"UserId": "a", "UserName": "default", "Status": "active", "AccessString": "off -@all"},
                {"UserId": "z", "UserName": "somebody", "Status": "active", "AccessString": "on ~* +@all"}]},
     {}, lambda ask: ask.redis_users(["a", "b"]), {"a": reads.RedisUser("a", "default", "active", "off -@all")}),
    ("sts", "get_caller_identity", {"Account": "111111111111", "Arn": "arn:aws:iam::111111111111:user/operator", "UserId": "AIDAEXAMPLE"}, {},
     lambda ask: ask.identity(), reads.Identity("111111111111", "arn:aws:iam::111111111111:user/operator")),
]  # fmt: skip


@pytest.mark.parametrize(("service", "call", "answer", "expects", "ask", "wanted"), CASES)
def test_a_question_and_its_answer(
    session: AwsSession, service: str, call: str, answer: Any, expects: dict[str, Any] | None, ask: Ask, wanted: Any
) -> None:
    assert asking(session, service, call, answer, expects, ask) == wanted


@pytest.mark.parametrize(("service", "call", "_answer", "_expects", "ask", "_wanted"), CASES)
def test_a_refusal_is_an_error_that_says_what_could_not_be_done(
    session: AwsSession, service: str, call: str, _answer: Any, _expects: Any, ask: Ask, _wanted: Any
) -> None:
    with pytest.raises(AwsError) as raised:
        asking(session, service, call, "AccessDenied", None, ask)

    assert raised.value.title.startswith("could not ")
    assert "access denied" in raised.value.cause


def test_ssms_words_for_how_a_command_ended_become_one_word(session: AwsSession) -> None:
    with Stubber(session.client("ssm")) as stub:
        stub.add_response("send_command", {"Command": {"CommandId": "c" * 36}})
        stub.add_response(
            "get_command_invocation",
            {"Status": "TimedOut", "StatusDetails": "Execution Timed Out", "ResponseCode": -1,
             "StandardOutputContent": "", "StandardErrorContent": "late"},
        )  # fmt: skip
        ran = AwsReads(session).run("i-0123456789abcdef0", "true", seconds=5)

    assert ran == reads.Ran("executiontimedout", -1, "", "late")


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://ec2.us-east-1.amazonaws.com", None),
        ("https://ec2.cn-north-1.amazonaws.com.cn", None),
        ("https://vpce-1-2.ec2.us-east-1.vpce.amazonaws.com", None),
        ("https://ec2.us-east-1.api.aws", None),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("https://amazonaws.com.example.org", "https://amazonaws.com.example.org"),
        ("https://notamazonaws.com", "https://notamazonaws.com"),
    ],
)
def test_whether_aws_itself_is_asked_is_known_by_where(url: str, wanted: str | None) -> None:
    assert stand_in(url) == wanted


def test_a_session_that_is_pointed_elsewhere_says_where() -> None:
    elsewhere = open_session(shard().account, environ={**ENVIRON, "AWS_ENDPOINT_URL": "http://127.0.0.1:5000"})

    assert AwsReads(elsewhere).asked == "http://127.0.0.1:5000"


def test_a_session_on_aws_says_that_it_is(session: AwsSession) -> None:
    assert AwsReads(session).asked is None
