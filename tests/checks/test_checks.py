"""Every check fires on what it is about, with the right weight and at the right key, and is silent otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from tests.answers.examples import text
from wizard.answers.load import read
from wizard.answers.settings import apply_settings
from wizard.blueprints.load import MODELS, build
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.checks import check_deployment, check_shard
from wizard.checks.codes import code
from wizard.checks.placement import zone_prefix
from wizard.checks.run import registered
from wizard.findings import Finding, Severity

PEER = "vpc-0a1b2c3d4e5f60718"
RDS = "acme.cluster-cabc123.us-east-1.rds.amazonaws.com"


def _bent(name: str, settings: tuple[str, ...]) -> Any:
    raw, _, model = read(text(name), MODELS, source=name)
    return build(apply_settings(raw, settings, model), model, source=name)


def shard(*settings: str) -> ShardAnswers:
    answers = _bent("shard", settings)
    assert isinstance(answers, ShardAnswers)
    return answers


def deployment(name: str, *settings: str) -> DeploymentAnswers:
    answers = _bent(name, settings)
    assert isinstance(answers, DeploymentAnswers)
    return answers


def found(findings: tuple[Finding, ...]) -> set[tuple[str, str, str]]:
    return {(f.code, f.severity.value, f.path) for f in findings}


def of(name: str, *settings: str, others: tuple[DeploymentAnswers, ...] = ()) -> set[tuple[str, str, str]]:
    return found(check_deployment(deployment(name, *settings), shard(), others))


def test_the_examples_give_nothing_above_info() -> None:
    one, two = deployment("private"), deployment("public")
    everything = (
        *check_shard(shard()),
        *check_deployment(one, shard(), (two,)),
        *check_deployment(two, shard(), (one,)),
    )
    assert {f.code for f in everything if f.severity is not Severity.INFO} == set()


SHARD_CASES = [
    (("network.private_subnet_cidr=10.65.0.0/18",), ("CIDR_OUTSIDE_VPC", "critical", "network.private_subnet_cidr")),
    (("network.public_subnet_cidr=10.64.1.0/24",), ("CIDR_OVERLAP", "critical", "network.public_subnet_cidr")),
    (("network.private_subnet_cidr=10.64.0.0/28",), ("CIDR_TOO_SMALL", "critical", "network.private_subnet_cidr")),
    (("network.private_subnet_cidr=10.64.0.0/25",), ("CIDR_TOO_SMALL", "warn", "network.private_subnet_cidr")),
    (("network.vpc_cidr=127.0.0.0/16",), ("CIDR_RESERVED", "critical", "network.vpc_cidr")),
    (("network.vpc_cidr=169.254.0.0/16",), ("CIDR_RESERVED", "critical", "network.vpc_cidr")),
    (("network.vpc_cidr=172.17.0.0/16",), ("CIDR_RESERVED", "warn", "network.vpc_cidr")),
    (("network.vpc_cidr=8.8.0.0/16",), ("CIDR_NOT_PRIVATE", "warn", "network.vpc_cidr")),
    (("account.partition=aws-cn",), ("REGION_PARTITION_MISMATCH", "critical", "account.partition")),
    (("account.region=us-gov-west-1",), ("REGION_PARTITION_MISMATCH", "critical", "account.partition")),
    (("zone_id=use2-az1",), ("ZONE_REGION_MISMATCH", "critical", "zone_id")),
    (("account.region=eu-west-1",), ("ZONE_REGION_MISMATCH", "critical", "zone_id")),
    (
        ("governance.kms_key_arn=arn:aws:kms:us-west-2:111111111111:key/a-b",),
        ("ARN_MISMATCH", "critical", "governance.kms_key_arn"),
    ),
    (
        ("governance.permissions_boundary_arn=arn:aws:iam::999999999999:policy/x",),
        ("ARN_MISMATCH", "critical", "governance.permissions_boundary_arn"),
    ),
    (("account.role_arn=arn:aws-cn:iam::111111111111:role/x",), ("ARN_MISMATCH", "critical", "account.role_arn")),
    (("state.backend=local",), ("STATE_LOCAL", "high", "state.backend")),
    (("state.lock=both",), ("STATE_LOCK_BOTH", "info", "state.lock")),
    (("state.lock=dynamodb",), ("STATE_LOCK_DEPRECATED", "info", "state.lock")),
    (("state.lock_table=locks",), ("ANSWER_NOT_USED", "info", "state.lock_table")),
    (("governance.deletion_protection=no",), ("DELETION_PROTECTION_OFF", "warn", "governance.deletion_protection")),
    (("state.backend=local", "state.bucket=abc"), ("ANSWER_NOT_USED", "info", "state.bucket")),
]


@pytest.mark.parametrize(("settings", "expected"), SHARD_CASES)
def test_a_shard_s_mistake_is_found(settings: tuple[str, ...], expected: tuple[str, str, str]) -> None:
    assert expected not in found(check_shard(shard()))
    assert expected in found(check_shard(shard(*settings)))


OPEN = "proxy.client_cidrs"
CASES = [
    ("private", ("transit.vpc_cidr=10.20.0.0/24", "transit.subnet_cidr=10.20.0.0/25"), ("CIDR_OVERLAP", "critical", "database.vpc.cidr")),
    ("private", ("applications[0].cidr=100.64.0.0/16",), ("CIDR_OVERLAP", "critical", "applications[0].cidr")),
    ("private", ("applications[0].cidr=10.20.128.0/17",), ("CIDR_OVERLAP", "critical", "applications[0].cidr")),
    ("private", ("transit.vpc_cidr=10.64.0.0/24", "transit.subnet_cidr=10.64.0.0/25"), ("CIDR_OVERLAP", "warn", "transit.vpc_cidr")),
    ("private", ("transit.subnet_cidr=10.9.0.0/25",), ("CIDR_OUTSIDE_VPC", "critical", "transit.subnet_cidr")),
    ("private", ("transit.vpc_cidr=127.0.0.0/24", "transit.subnet_cidr=127.0.0.0/25"), ("CIDR_RESERVED", "critical", "transit.vpc_cidr")),
    ("private", ("database.vpc.cidr=8.8.0.0/16",), ("INBOUND_TARGET_NOT_ROUTABLE", "critical", "database.vpc.cidr")),
    ("private", ("database.vpc.account_id=111111111111",), ("ACCOUNT_SAME", "info", "database.vpc.account_id")),
    ("private", ("applications[0].region=eu-west-1",), ("PEERING_CROSS_REGION", "info", "applications[0].region")),
    ("private", ("database.vpc.region=cn-north-1",), ("REGION_PARTITION_MISMATCH", "critical", "database.vpc.region")),
    ("private", (f"database.host={RDS}", "database.vpc.region=eu-west-1"), ("DB_HOST_REGION_MISMATCH", "high", "database.vpc.region")),
    ("private", ("database.link=customer_service",), ("SERVICE_NOT_NAMED", "critical", "database.service_name")),
    ("service", ("database.service_name=com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0",), ("SERVICE_OTHER_REGION", "critical", "database.service_name")),
    ("service", ("database.vpc.region=eu-west-1",), ("SERVICE_OTHER_REGION", "critical", "database.vpc.region")),
    ("service", ("applications[0].region=eu-west-1",), ("SERVICE_OTHER_REGION", "critical", "applications[0].region")),
    ("service", ("transit.vpc_cidr=100.65.0.0/24",), ("ANSWER_NOT_USED", "info", "transit.vpc_cidr")),
    ("private", ("database.host=db.abcdef.supabase.co",), ("DB_HOST_NOT_IN_VPC", "critical", "database.host")),
    ("private", ("proxy.tls=none",), ("PROXY_TLS_MISSING", "warn", "proxy.tls")),
    ("private", ("proxy.client_cidrs=8.8.8.8/32",), ("ANSWER_NOT_USED", "info", OPEN)),
    ("public", ("proxy.tls=none",), ("PROXY_TLS_MISSING", "critical", "proxy.tls")),
    ("public", (f"{OPEN}=0.0.0.0/0",), ("PUBLIC_INGRESS_OPEN", "critical", OPEN)),
    ("public", (f"{OPEN}=0.0.0.0/1,128.0.0.0/1",), ("PUBLIC_INGRESS_OPEN", "critical", OPEN)),
    ("public", (f"{OPEN}=11.0.0.0/8",), ("PUBLIC_INGRESS_OPEN", "high", OPEN)),
    ("public", (f"{OPEN}=10.1.0.0/16",), ("CLIENT_CIDR_PRIVATE", "warn", f"{OPEN}[0]")),
    ("public", (f"{OPEN}=",), ("NO_CLIENT_CIDRS", "warn", OPEN)),
    ("public", ("database.host=x.cluster-ro-abc.us-east-1.rds.amazonaws.com",), ("DB_HOST_READER", "critical", "database.host")),
    ("public", ("database.host=x.cluster-custom-abc.us-east-1.rds.amazonaws.com",), ("DB_HOST_READER", "high", "database.host")),
    ("public", ("database.host=x.proxy-abc.us-east-1.rds.amazonaws.com",), ("DB_HOST_POOLER", "critical", "database.host")),
    ("public", ("database.host=aws-0-us-east-1.pooler.supabase.com",), ("DB_HOST_POOLER", "critical", "database.host")),
    ("public", ("database.port=6543",), ("DB_HOST_POOLER", "critical", "database.port")),
    ("public", ("database.host=10.0.0.1",), ("DB_HOST_IS_ADDRESS", "critical", "database.host")),
    ("public", ("database.host=db.abcdef.supabase.co",), ("DB_HOST_IPV6_ONLY", "high", "database.host")),
    ("public", ("database.certificate_authority=rds",), ("DB_CERTIFICATE_DOUBTFUL", "warn", "database.certificate_authority")),
    ("public", (f"database.host={RDS}",), ("DB_CERTIFICATE_DOUBTFUL", "warn", "database.certificate_authority")),
    ("public", ("nodes.ingestion.volumes.size_gib=6", "nodes.ingestion.volumes.iops=3001"), ("VOLUME_RATIO", "critical", "nodes.ingestion.volumes.iops")),
    ("public", ("nodes.ingestion.slog.throughput_mibps=751",), ("VOLUME_RATIO", "critical", "nodes.ingestion.slog.throughput_mibps")),
    (
        "public",
        ("nodes.ingestion.volumes.throughput_mibps=1001", "nodes.ingestion.volumes.iops=8000"),
        ("PROVIDER_LIMIT", "critical", "nodes.ingestion.volumes.throughput_mibps"),
    ),
    ("public", ("package.s3_uri=s3://bucket/key",), ("PACKAGE_UNVERIFIED", "critical", "package.sha256")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "settings", "expected"), CASES)
def test_a_deployment_s_mistake_is_found(name: str, settings: tuple[str, ...], expected: tuple[str, str, str]) -> None:
    assert expected not in of(name)
    assert expected in of(name, *settings)


@pytest.mark.parametrize(
    ("settings", "code_name"),
    [
        (("nodes.ingestion.volumes.size_gib=6", "nodes.ingestion.volumes.iops=3000"), "VOLUME_RATIO"),
        (("nodes.ingestion.volumes.throughput_mibps=750",), "VOLUME_RATIO"),
        (("nodes.ingestion.volumes.throughput_mibps=1000", "nodes.ingestion.volumes.iops=4000"), "PROVIDER_LIMIT"),
        ((f"{OPEN}=203.0.0.0/16",), "PUBLIC_INGRESS_OPEN"),
        ((f"database.host={RDS}", "database.certificate_authority=rds"), "DB_CERTIFICATE_DOUBTFUL"),
        (("package.s3_uri=s3://bucket/key", f"package.sha256={'a' * 64}"), "PACKAGE_MISSING"),
    ],
)
def test_what_is_just_right_is_not_found(settings: tuple[str, ...], code_name: str) -> None:
    assert code_name not in {found_code for found_code, _, _ in of("public", *settings)}


def other(name: str, *settings: str) -> DeploymentAnswers:
    return deployment(name, "identifiers.instance=9", "identifiers.account=else", *settings).model_copy(
        update={"name": "other"}
    )


def test_two_deployments_with_one_instance_id_are_found() -> None:
    same = other("public").model_copy(update={"identifiers": deployment("private").identifiers})
    codes = of("private", others=(same,))
    assert ("INSTANCE_ID_TAKEN", "critical", "identifiers.instance") in codes
    assert ("NAME_COLLISION", "critical", "name") in codes, "the secret's name is made of the ids"
    assert not {c for c, _, _ in of("private", others=(other("public"),))} & {"INSTANCE_ID_TAKEN", "NAME_COLLISION"}


def test_one_customer_vpc_cannot_be_peered_with_two_transit_vpcs_of_the_same_block() -> None:
    expected = ("CIDR_OVERLAP", "critical", "transit.vpc_cidr")
    assert expected in of("private", others=(other("private"),))
    apart = other("private", "transit.vpc_cidr=100.64.1.0/24", "transit.subnet_cidr=100.64.1.0/25")
    assert expected not in of("private", others=(apart,))
    elsewhere = other("private", "database.vpc.vpc_id=vpc-99999999", "applications[0].vpc_id=vpc-88888888")
    assert expected not in of("private", others=(elsewhere,))


def test_two_proxies_that_one_application_can_see_need_two_names() -> None:
    expected = ("PROXY_HOST_TAKEN", "critical", "proxy.host")
    assert expected in of("private", others=(other("private"),))
    assert expected in of("public", others=(other("public"),))
    assert expected not in of("private", others=(other("private", "applications[0].vpc_id=vpc-88888888"),))


def test_a_name_that_aws_would_refuse_or_cut_is_found() -> None:
    refused = deployment("private").model_copy(update={"name": "internal-acme"})
    assert ("NAME_RESERVED", "critical", "name") in found(check_deployment(refused, shard()))
    long = deployment("private").model_copy(update={"name": "a" * 32})
    assert ("NAME_SHORTENED", "info", "name") in found(check_deployment(long, shard()))


def test_tags_of_shard_and_deployment_add_up() -> None:
    tagged = deployment("private").model_copy(update={"tags": {f"t{n}": "x" for n in range(40)}})
    assert ("TAGS_TOO_MANY", "critical", "tags") in found(check_deployment(tagged, shard()))


def test_a_large_vpc_counts_as_routable_only_when_it_lies_inside_a_private_block_whole() -> None:
    assert "INBOUND_TARGET_NOT_ROUTABLE" not in {c for c, _, _ in of("private", "database.vpc.cidr=172.31.0.0/16")}
    assert "INBOUND_TARGET_NOT_ROUTABLE" in {c for c, _, _ in of("private", "database.vpc.cidr=172.32.0.0/16")}


@pytest.mark.parametrize(
    ("region", "prefix"),
    [
        ("us-east-1", "use1"), ("ap-southeast-2", "apse2"), ("eu-central-1", "euc1"), ("us-gov-west-1", "usgw1"),
        ("cn-northwest-1", "cnnw1"), ("me-central-1", "mec1"), ("il-central-1", "ilc1"), ("xx-nowhere-1", None),
    ],
)  # fmt: skip
def test_zone_ids_begin_as_their_region_is_abbreviated(region: str, prefix: str | None) -> None:
    assert zone_prefix(region) == prefix


def test_a_code_is_registered_once_and_weighs_only_what_it_says() -> None:
    known = registered()[0]
    with pytest.raises(ValueError, match="registered twice"):
        code(known.name, Severity.INFO, why="", remedy="")
    with pytest.raises(ValueError, match="not registered as critical"):
        next(c for c in registered() if c.name == "ACCOUNT_SAME").at("", "", severity=Severity.CRITICAL)
