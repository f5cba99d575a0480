"""The rehearsed world as a whole: what is configured decides what really happens on the nodes."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.vendor import SECRET, Built
from wizard.errors import RehearsalError
from wizard.rehearsal import dns
from wizard.rehearsal.clients import client
from wizard.rehearsal.embedded import Refusal
from wizard.rehearsal.world import World, call

FETCH = (
    "password=$(aws secretsmanager get-secret-value --secret-id $SECRET --query SecretString --output text "
    "| python3 -c 'import json, sys; print(json.load(sys.stdin)[0][\"password\"])')\n"
)
PSQL = (
    'address=$(getent ahostsv4 "$VIA" | head -n 1 | cut -d" " -f1)\n'
    'PGCONNECT_TIMEOUT=2 PGPASSWORD=$password psql -XAt "host=$HOST hostaddr=$address port=5432 user=springtail '
    'dbname=postgres sslmode=verify-full sslrootcert=$PLANEWRIGHT_ROOT/etc/planewright/database-ca.pem" '
    '-c "select current_user"\n'
)


def on_node(world: World, built: Built, script: str) -> dict[str, Any]:
    ssm = client(world.environ(), "ssm")
    sent = ssm.send_command(
        InstanceIds=[built.instance], DocumentName="AWS-RunShellScript", Parameters={"commands": [script]}
    )
    command = sent["Command"]["CommandId"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = ssm.get_command_invocation(CommandId=command, InstanceId=built.instance)
        if found["Status"] not in ("Pending", "InProgress"):
            return dict(found)
        time.sleep(0.1)
    raise AssertionError("the command never ended")


def psql(world: World, built: Built, password: str = "") -> dict[str, Any]:
    inputs = f"HOST={world.customer.premises.host} VIA={built.endpoint_dns} SECRET={SECRET}\n"
    return on_node(world, built, inputs + f"password={password or world.database_password}\n" + PSQL)


def health(world: World, built: Built) -> list[tuple[str, str]]:
    elb = client(world.environ(), "elbv2")
    found = elb.describe_target_health(TargetGroupArn=built.target_group)["TargetHealthDescriptions"]
    return [(entry["Target"]["Id"], entry["TargetHealth"]["State"]) for entry in found]


def ping(world: World) -> list[tuple[str, str]]:
    found = client(world.environ(), "ssm").describe_instance_information()["InstanceInformationList"]
    return [(entry["InstanceId"], entry["PingStatus"]) for entry in found]


def test_the_watcher_registers_the_databases_address_which_is_then_healthy(world: World, built: Built) -> None:
    assert health(world, built) == [("10.20.1.10", "healthy")]


def test_psql_on_the_node_with_the_fetched_password_reaches_the_real_database_through_the_endpoint(
    world: World, built: Built
) -> None:
    inputs = f"HOST={world.customer.premises.host} VIA={built.endpoint_dns} SECRET={SECRET}\n"

    answer = on_node(world, built, inputs + FETCH + PSQL)

    assert (answer["Status"], answer["StandardOutputContent"]) == ("Success", "springtail\n"), answer


def test_a_node_acts_as_its_own_role_in_a_root_of_its_own(world: World, built: Built) -> None:
    answer = on_node(world, built, "aws sts get-caller-identity --query Arn --output text; pwd; echo $PLANEWRIGHT_ROOT")

    arn, folder, root = answer["StandardOutputContent"].split()
    assert ":assumed-role/acme-ingestion/" in arn
    assert folder == root == str(world.agents.root(built.instance))


def test_the_boot_is_told_to_be_simulated(world: World, built: Built) -> None:
    answer = on_node(world, built, "cat $PLANEWRIGHT_ROOT/var/lib/planewright/boot.json")

    marker = json.loads(answer["StandardOutputContent"])
    assert marker["simulated"] is True
    assert (marker["role"], marker["version"], marker["instance_id"]) == ("ingestion", 7, built.instance)


def test_a_failing_command_is_reported_with_its_code_and_words(world: World, built: Built) -> None:
    answer = on_node(world, built, "echo out; echo err >&2; exit 3")

    assert (answer["Status"], answer["ResponseCode"]) == ("Failed", 3)
    assert (answer["StandardOutputContent"], answer["StandardErrorContent"]) == ("out\n", "err\n")


def without_transit_route(world: World, built: Built) -> Any:
    peering = next(p.id for p in world.network().peerings)
    built.ec2.delete_route(RouteTableId=built.transit_table, DestinationCidrBlock="10.20.0.0/16")
    return lambda: built.ec2.create_route(
        RouteTableId=built.transit_table, DestinationCidrBlock="10.20.0.0/16", VpcPeeringConnectionId=peering
    )


def without_the_way_back(world: World, built: Built) -> Any:
    world.customer.remove_route()
    return world.customer.restore_route


def without_the_databases_rule(world: World, built: Built) -> Any:
    world.customer.close_security_group()
    return world.allow_database_port


@pytest.mark.parametrize("take", [without_transit_route, without_the_way_back, without_the_databases_rule])
def test_what_is_taken_away_in_aws_makes_psql_time_out_and_the_target_unhealthy(
    world: World, built: Built, take: Any
) -> None:
    put_back = take(world, built)
    try:
        answer = psql(world, built)
        assert "timeout expired" in answer["StandardErrorContent"], answer
        assert health(world, built) == [("10.20.1.10", "unhealthy")]
    finally:
        put_back()

    assert psql(world, built)["StandardOutputContent"] == "springtail\n"


def test_without_a_target_psql_is_refused_and_the_watcher_puts_it_back(world: World, built: Built) -> None:
    elb = client(world.environ(), "elbv2")
    elb.deregister_targets(TargetGroupArn=built.target_group, Targets=[{"Id": "10.20.1.10", "Port": 5432}])

    assert "Connection refused" in psql(world, built)["StandardErrorContent"]

    (called,) = world.watchers.call_all()
    assert called.error == ""
    assert psql(world, built)["StandardOutputContent"] == "springtail\n"


def test_a_changed_password_is_refused_by_postgresql_itself(world: World, built: Built) -> None:
    before = world.database_password
    world.set_database_password("another")
    try:
        assert "password authentication failed" in psql(world, built, before)["StandardErrorContent"]
    finally:
        world.set_database_password(before)


def test_a_stopped_database_refuses(world: World, built: Built) -> None:
    world.stop_database()
    try:
        assert health(world, built) == [("10.20.1.10", "unhealthy")]
        assert "Connection refused" in psql(world, built)["StandardErrorContent"]
    finally:
        world.start_database()
    assert health(world, built) == [("10.20.1.10", "healthy")]


def test_an_agent_is_online_only_while_it_reaches_aws_and_its_role_allows_it(world: World, built: Built) -> None:
    iam, policy = client(world.environ(), "iam"), "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    assert ping(world) == [(built.instance, "Online")]

    iam.detach_role_policy(RoleName="acme-ingestion", PolicyArn=policy)
    assert ping(world) == [(built.instance, "ConnectionLost")]
    iam.attach_role_policy(RoleName="acme-ingestion", PolicyArn=policy)

    built.ec2.delete_route(RouteTableId=built.nodes_table, DestinationCidrBlock="0.0.0.0/0")
    assert ping(world) == [(built.instance, "ConnectionLost")]
    built.ec2.create_route(**built.nat_route)
    assert ping(world) == [(built.instance, "Online")]


def test_a_watcher_that_cannot_reach_an_api_times_out(world: World, built: Built) -> None:
    endpoints = built.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    endpoint = next(e for e in endpoints if e["ServiceName"].endswith(".elasticloadbalancing"))
    closed = endpoint["Groups"][0]["GroupId"]
    rule = {"GroupId": closed, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "100.64.0.0/24"}
    built.ec2.revoke_security_group_ingress(**rule)
    try:
        (called,) = world.watchers.call_all()
    finally:
        built.ec2.authorize_security_group_ingress(**rule)

    assert "imeout" in called.error or "timed out" in called.error, called


def test_a_disabled_rule_silences_the_watcher(world: World, built: Built) -> None:
    events = client(world.environ(), "events")
    events.disable_rule(Name="acme-watcher")
    assert world.watchers.call_all() == []
    events.enable_rule(Name="acme-watcher")


def seen(world: World, built: Built) -> dict[str, Any]:
    """All that a fault could change, as whoever looks would see it."""
    slots = "SELECT slot_name FROM pg_replication_slots ORDER BY 1"
    watcher = client(world.environ(), "lambda").get_function_configuration(FunctionName=built.function)
    return {
        "network": world.network(),
        "names": world.postgres.running and dns.resolve(world.network(), built.transit, world.customer.premises.host),
        "running": world.postgres.running,
        "password": world.postgres.running
        and world.postgres.sql("SELECT rolpassword FROM pg_authid WHERE rolname = 'springtail'"),
        "slots": world.postgres.running and world.postgres.sql(slots),
        "agents": ping(world),
        "watcher": watcher["Environment"],
    }


#: What each fault that can be taken back shows itself in; the rest of the register is tested where something verifies.
SHOWN = {
    "route-missing": {"network"},
    "rule-missing": {"network"},
    "network-acl": {"network"},
    "dns-option-off": {"network", "names"},
    "wrong-password": {"password"},
    "database-down": {"network", "names", "running", "password", "slots"},
    "slots-exhausted": {"slots"},
    "ssm-agent-offline": {"agents"},
    "watcher-failing": {"watcher"},
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_fault_changes_one_thing_and_is_taken_back_without_a_trace(world: World, built: Built, name: str) -> None:
    before = seen(world, built)
    call(world, "put_fault", {"name": name})
    call(world, "put_fault", {"name": name})
    broken = seen(world, built)
    assert call(world, "faults_on", {}) == [name]
    call(world, "mend_fault", {"name": name})
    after = seen(world, built)

    if name == "wrong-password":  # the same password has another salt each time
        before.pop("password"), after.pop("password")
    assert {key for key in before if broken[key] != before[key]} | (SHOWN[name] - set(before)) == SHOWN[name]
    assert after == before
    assert call(world, "faults_on", {}) == []


def test_an_endpoint_that_was_moved_to_another_zone_is_moved_back(world: World, built: Built) -> None:
    def zones() -> list[str]:
        [endpoint] = built.ec2.describe_vpc_endpoints(VpcEndpointIds=[built.endpoint])["VpcEndpoints"]
        return sorted(
            subnet["AvailabilityZoneId"]
            for subnet in built.ec2.describe_subnets(SubnetIds=endpoint["SubnetIds"])["Subnets"]
        )

    subnets = {subnet.id for subnet in world.network().subnets}
    assert zones() == ["use1-az1"]
    call(world, "put_fault", {"name": "wrong-zone"})
    call(world, "put_fault", {"name": "wrong-zone"})
    moved = zones()
    assert psql(world, built)["StandardOutputContent"] == "springtail\n", (
        "it only costs more, and fails with another zone"
    )
    call(world, "mend_fault", {"name": "wrong-zone"})

    assert len(moved) == 1
    assert moved != ["use1-az1"]
    assert zones() == ["use1-az1"]
    assert {subnet.id for subnet in world.network().subnets} == subnets
    assert psql(world, built)["StandardOutputContent"] == "springtail\n"


def test_a_peering_that_was_accepted_can_be_neither_left_nor_rejected_nor_expire(world: World, built: Built) -> None:
    for name in ("peering-not-accepted", "peering-rejected", "peering-expired"):
        with pytest.raises(RehearsalError, match="No peering request waits"):
            call(world, "put_fault", {"name": name})
    assert call(world, "faults_on", {}) == []


def test_the_operator_alone_is_throttled_and_expired(world: World, built: Built) -> None:
    operator = client(world.environ(), "ec2")
    call(world, "put_fault", {"name": "credentials-expiring"})
    with pytest.raises(ClientError, match="ExpiredToken"):
        operator.describe_vpcs()
    call(world, "mend_fault", {"name": "credentials-expiring"})
    assert operator.describe_vpcs()["Vpcs"]

    call(world, "put_fault", {"name": "throttling"})
    with pytest.raises(ClientError, match="RequestLimitExceeded"):
        operator.describe_vpcs()
    assert client(world.own(), "ec2").describe_vpcs()["Vpcs"]
    assert client(world.environ("customer"), "ec2").describe_vpcs()["Vpcs"]
    call(world, "mend_fault", {"name": "throttling"})

    assert on_node(world, built, "true")["Status"] == "Success"


def test_a_call_that_was_turned_away_and_made_again_is_told_of(world: World, built: Built) -> None:
    from wizard.aws.session import open_session
    from wizard.blueprints.load import parse

    account = parse(world.answers().shard, source="test").account  # type: ignore[union-attr]
    session = open_session(account, environ=world.environ())
    assert session.client("ec2").describe_vpcs()["Vpcs"]
    assert session.throttled.told == ""

    world.refuse_operator("ec2:DescribeVpcs", Refusal("RequestLimitExceeded", "Request limit exceeded.", 503), times=1)
    try:
        assert session.client("ec2").describe_vpcs()["Vpcs"]
    finally:
        world.refusals.clear()

    assert session.throttled.counts == {"DescribeVpcs": 1}
    assert "made again, with growing pauses: DescribeVpcs 1 ×" in session.throttled.told


def test_the_customer_s_dba_sends_back_what_the_database_says_and_it_is_ready(world: World) -> None:
    from wizard.blueprints.load import parse
    from wizard.checks.live import database
    from wizard.checks.subject import Subject
    from wizard.deploy.readiness import read_sent
    from wizard.facts.asking import Facts
    from wizard.findings import Severity

    sent = call(world, "database_readiness", {})
    answers = world.answers()
    shard, deployment = (parse(text, source="test") for text in (answers.shard, answers.deployment))
    subject = Subject(shard, deployment, readiness=read_sent(sent, name="sent"))  # type: ignore[arg-type]
    assert [f for f in database.check(subject, Facts()) if f.severity is not Severity.INFO] == []


def test_nothing_was_asked_of_the_embedded_aws_that_it_does_not_have(world: World, built: Built) -> None:
    assert world.aws.unimplemented == ()
    assert world.aws.failures == ()
