"""Quotas of an account in use: what counts, what is ours, and what is asked where AWS tells no applied value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.live.account import PREPARED, REGION, Account
from wizard.checks.live import quotas as check_quotas
from wizard.checks.live.usage import MEASURES, PEERING_EXPIRY, Use
from wizard.checks.run import asks_of, check_facts
from wizard.checks.subject import Subject
from wizard.facts.asking import Read
from wizard.facts.quotas import ASKED, Quotas, RunningInstances
from wizard.findings import Severity

OURS = {"planewright:shard": "use1-a", "planewright:deployment": "acme-prod"}
SHARDS = {"planewright:shard": "use1-a"}


def tags(kind: str, values: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in values.items()]}]


def shard_alone(account: Account) -> Subject:
    return Subject(account.subject().shard)


def uses(account: Account, subject: Subject, code: str) -> list[Use]:
    """Read only what the quotas' check asks, and measure one quota."""
    facts = account.checker_of(subject).read(check_quotas.asks(subject), subject)
    measure = next(it for it in MEASURES if it.code == code)
    return list(measure.uses(subject, facts))


def launch(account: Account, instance_type: str, values: Mapping[str, str], **more: Any) -> str:
    ec2 = account.client("ec2")
    images = ec2.describe_images(Filters=[{"Name": "architecture", "Values": ["x86_64"]}])["Images"]
    made = ec2.run_instances(
        ImageId=images[0]["ImageId"],
        InstanceType=instance_type,
        MinCount=1,
        MaxCount=1,
        TagSpecifications=tags("instance", values or {"Name": "theirs"}),
        **more,
    )
    return str(made["Instances"][0]["InstanceId"])


def test_every_quota_that_is_asked_for_is_weighed() -> None:
    weighed = {(it.service, it.code) for it in MEASURES} | {PEERING_EXPIRY}
    assert weighed == {(service, code) for service, codes in ASKED.items() for code in codes}


def test_what_exists_of_this_deployment_is_in_use_and_not_added_again(account: Account) -> None:
    launch(account, "r6i.4xlarge", OURS)
    launch(account, "c6i.xlarge", {})
    launch(account, "c6i.xlarge", OURS | {"planewright:deployment": "other-prod"})
    # 28 vCPUs are planned, of which ingestion's 16 are there.
    assert uses(account, account.subject(), "L-1216C47A") == [Use("", 16 + 4 + 4, 12)]


def test_a_deployment_that_is_smaller_than_before_adds_nothing(account: Account) -> None:
    for _ in range(3):
        launch(account, "r6i.4xlarge", OURS)
    assert uses(account, account.subject(), "L-1216C47A") == [Use("", 48, 0)]
    account.fault(quotas={"L-1216C47A": 32})
    checked = account.check()
    assert [it for it in checked.findings if it.code == "QUOTA_EXCEEDED"] == []


def test_only_running_standard_instances_count(account: Account) -> None:
    ec2 = account.client("ec2")
    launch(account, "c6i.large", {})
    launch(account, "g4dn.xlarge", {})
    launch(account, "inf1.xlarge", {})
    ec2.stop_instances(InstanceIds=[launch(account, "c6i.2xlarge", {})])
    assert [use.in_use for use in uses(account, account.subject(), "L-1216C47A")] == [2]


def test_instances_that_were_not_bought_on_demand_have_a_quota_of_their_own(account: Account) -> None:
    launch(account, "c6i.large", {}, InstanceMarketOptions={"MarketType": "spot"})
    subject = account.subject()
    found = account.checker_of(subject).read([RunningInstances(REGION)], subject).value(RunningInstances(REGION))
    assert found is not None
    assert [(it.instance_type, it.vcpu, it.on_demand) for it in found] == [("c6i.large", 2, False)]


def test_a_built_shard_adds_no_network_of_its_own_again(account: Account) -> None:
    ec2 = account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.64.0.0/16", TagSpecifications=tags("vpc", SHARDS))["Vpc"]["VpcId"]
    ec2.create_internet_gateway(TagSpecifications=tags("internet-gateway", SHARDS))
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=tags("elastic-ip", SHARDS))
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.64.64.0/24", TagSpecifications=tags("subnet", SHARDS))
    ec2.create_nat_gateway(
        SubnetId=subnet["Subnet"]["SubnetId"],
        AllocationId=address["AllocationId"],
        TagSpecifications=tags("natgateway", SHARDS),
    )
    subject = shard_alone(account)
    added = {code: sum(use.adds for use in uses(account, subject, code)) for code in ("L-F678F1CE", "L-A4707A72")}
    assert added == {"L-F678F1CE": 0, "L-A4707A72": 0}
    assert uses(account, subject, "L-0263D0A3") == [Use("", 1, 0)]
    assert uses(account, subject, "L-407747CB") == [Use(f"in the shard's VPC {vpc}", 1, 1)]


def test_rules_of_other_deployments_in_the_shards_redis_group_are_in_use(account: Account) -> None:
    ec2 = account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.64.0.0/16", TagSpecifications=tags("vpc", SHARDS))["Vpc"]["VpcId"]

    def group(name: str, values: Mapping[str, str]) -> str:
        return str(
            ec2.create_security_group(
                GroupName=name, Description=name, VpcId=vpc, TagSpecifications=tags("security-group", values)
            )["GroupId"]
        )

    redis = group("use1-a-redis", SHARDS)
    sources = [
        group("acme-prod-proxy", OURS),
        *(group(f"other-{n}", SHARDS | {"planewright:deployment": "o"}) for n in "ab"),
    ]
    for source in sources:
        ec2.authorize_security_group_ingress(
            GroupId=redis,
            IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379, "UserIdGroupPairs": [{"GroupId": source}]}
            ],
        )
    found = [use for use in uses(account, account.subject(), "L-0EA8095F") if "redis" in use.where]
    assert found == [Use("in use1-a-redis, inbound", 3, 2, "shard")]


def test_a_quota_without_an_applied_value_holds_by_its_default(account: Account) -> None:
    account.server.tell(quotas=PREPARED | {"L-F678F1CE": 99}, unapplied_quotas=["L-F678F1CE"])
    subject = account.subject()
    found = account.checker_of(subject).read([Quotas(REGION, "vpc")], subject).value(Quotas(REGION, "vpc"))
    assert found is not None
    vpcs = next(it for it in found if it.code == "L-F678F1CE")
    assert (vpcs.value, vpcs.is_default) == (5, True)
    assert all(not it.is_default for it in found if it is not vpcs)


@pytest.mark.parametrize("denied", ["servicequotas:ListServiceQuotas", "ec2:DescribeAddresses"])
def test_a_quota_that_cannot_be_weighed_is_unread_and_no_pass(account: Account, denied: str) -> None:
    account.fault(denied=[denied])
    found = [it for it in account.check(account.subject("public")).findings if it.code == "FACT_DENIED"]
    assert [(it.severity, denied in it.what) for it in found] == [(Severity.HIGH, True)]


def test_a_quota_that_is_in_no_list_of_awss_is_told_and_no_pass(account: Account) -> None:
    subject = account.subject()
    facts = account.check(subject).facts
    ask = Quotas(REGION, "vpc")
    listed = facts.value(ask)
    assert listed is not None
    without = tuple(it for it in listed if it.code != "L-F678F1CE")
    fewer = facts.with_readings({ask: Read(without, subject.now, "a list that lacks it")})
    found = [it for it in check_facts(subject, asks_of(subject), fewer) if it.code == "QUOTA_NOT_WEIGHED"]
    assert [(it.severity, "L-F678F1CE" in it.what) for it in found] == [(Severity.WARN, True)]
