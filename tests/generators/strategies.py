"""Random valid answers: whatever the model accepts, hostile wherever it accepts that."""

from __future__ import annotations

from base64 import b64encode
from ipaddress import IPv4Network
from typing import Any

from hypothesis import strategies as st

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers

#: What would be code, or would end a string, in one of the languages that emitted files meet.
HOSTILE = (
    '${file("/etc/passwd")}',
    "%{ for x in [1, 2] }${x}%{ endfor }",
    '"\n}\nresource "aws_iam_user" "x" {\n  name = "x"\n}\n',
    "<<EOF\nEOF\n",
    "$(touch /tmp/planewright-was-here)",
    "`id`; rm -rf /",
    "'; DROP TABLE customers; --",
    "{{ 7 * 7 }}{% include 'x' %}{# #}",
    "PLANEWRIGHT_BOOT_PROGRAM\n",
    '\\"\\u0000\\',
    "\u2028\u202e\ufeff",
    "\U0001f980 ключ 鍵",
)

hostile_text = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=200), st.text(min_size=1, max_size=40).map(repr))

_name = st.from_regex(r"[a-z][a-z0-9-]{0,30}[a-z0-9]", fullmatch=True)
_account = st.from_regex(r"[0-9]{12}", fullmatch=True)
_region = st.sampled_from(["us-east-1", "eu-central-1", "ap-southeast-2", "us-gov-west-1", "cn-north-1"])
_vpc_id = st.from_regex(r"vpc-[0-9a-f]{8,17}", fullmatch=True)
_ami_id = st.from_regex(r"ami-[0-9a-f]{8,17}", fullmatch=True)
_product_id = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", fullmatch=True)
_pg_name = st.from_regex(r"[A-Za-z_][A-Za-z0-9_$-]{0,62}", fullmatch=True)
_label = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
_host = st.lists(_label, min_size=2, max_size=6).map(".".join)
_instance_type = st.sampled_from(["r6i.4xlarge", "c8gd.4xlarge", "i4i.xlarge", "u-6tb1.56xlarge"])
_port = st.integers(1, 65535)
_uuid = st.from_regex(r"[0-9a-f]{8}-[0-9a-f]{4}", fullmatch=True)
_key_arn = st.one_of(st.just(""), _uuid.map(lambda u: f"arn:aws:kms:us-east-1:111111111111:key/{u}"))
_policy_arn = st.one_of(
    st.just(""),
    st.from_regex(r"[A-Za-z0-9+=,.@_/-]{1,60}", fullmatch=True).map(
        lambda p: f"arn:aws-us-gov:iam::111111111111:policy/{p}"
    ),
)
_s3_key = st.from_regex(r"[A-Za-z0-9!_.*'()/+=@:-]{1,80}", fullmatch=True)


#: Certificates are checked for their form only: any bytes between the lines will do.
_certificates = st.lists(st.binary(min_size=1, max_size=60), max_size=3).map(
    lambda bodies: "".join(
        f"-----BEGIN CERTIFICATE-----\n{b64encode(body).decode()}\n-----END CERTIFICATE-----\n" for body in bodies
    )
)


def _reserved(key: str) -> bool:
    return key.lower().startswith(("aws:", "planewright:"))


_tags = st.dictionaries(
    st.from_regex(r"[\w .:/=+@-]{1,40}", fullmatch=True).filter(lambda key: not _reserved(key)),
    st.from_regex(r"[\w .:/=+@-]{0,60}", fullmatch=True),
    max_size=5,
)


@st.composite
def _block(draw: st.DrawFn, smallest: int = 28, largest: int = 16) -> str:
    prefix = draw(st.integers(largest, smallest))
    return str(IPv4Network((draw(st.integers(0, 2**32 - 1)) >> (32 - prefix) << (32 - prefix), prefix)))


_performance = {
    "type": st.sampled_from(["gp3", "io2"]),
    "size_gib": st.integers(1, 65536),
    "iops": st.integers(100, 256000),
    "throughput_mibps": st.integers(125, 2000),
}

_vpc = {"account_id": _account, "region": _region, "vpc_id": _vpc_id, "cidr": _block()}
_ami = st.one_of(st.just({}), st.fixed_dictionaries({"id": _ami_id}))


@st.composite
def _applications(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(st.lists(_name, unique=True, max_size=4))
    vpc_ids = draw(st.lists(_vpc_id, unique=True, min_size=len(names), max_size=len(names)))
    return [
        {**draw(st.fixed_dictionaries(_vpc)), "name": name, "vpc_id": vpc_id}
        for name, vpc_id in zip(names, vpc_ids, strict=True)
    ]


@st.composite
def shards(draw: st.DrawFn) -> ShardAnswers:
    """A shard's answers."""
    return ShardAnswers.model_validate(
        draw(
            st.fixed_dictionaries(
                {
                    "planewright": st.just("0.1.0"),
                    "name": _name,
                    "account": st.fixed_dictionaries(
                        {"id": _account, "region": _region},
                        optional={"profile": hostile_text, "external_id": hostile_text, "mfa_serial": hostile_text},
                    ),
                    "zone_id": st.sampled_from(["use1-az1", "euc1-az3", "usgw1-az2"]),
                    "network": st.fixed_dictionaries(
                        {"vpc_cidr": _block(), "private_subnet_cidr": _block(), "public_subnet_cidr": _block()}
                    ),
                    "redis": st.fixed_dictionaries(
                        {"replicas": st.integers(0, 5), "snapshot_retention_days": st.integers(0, 35)}
                    ),
                    "governance": st.fixed_dictionaries(
                        {
                            "tags": _tags,
                            "kms_key_arn": _key_arn,
                            "permissions_boundary_arn": _policy_arn,
                            "deletion_protection": st.booleans(),
                        }
                    ),
                }
            )
        )
    )


@st.composite
def deployments(draw: st.DrawFn) -> DeploymentAnswers:
    """A deployment's answers, of either topology."""
    private = draw(st.booleans())
    raw = draw(
        st.fixed_dictionaries(
            {
                "planewright": st.just("0.1.0"),
                "name": _name,
                "shard": _name,
                "identifiers": st.fixed_dictionaries(
                    {"organization": _product_id, "account": _product_id, "instance": _product_id}
                ),
                "database": st.fixed_dictionaries(
                    {
                        "host": _host,
                        "port": _port,
                        "name": _pg_name,
                        "user": _pg_name,
                        "certificate_authority": st.sampled_from(["rds", "system", "pem"]),
                        "ca_pem": _certificates,
                    }
                ),
                "proxy": st.fixed_dictionaries(
                    {
                        "host": st.one_of(st.just(""), _host),
                        "port": _port,
                        "tls": st.sampled_from(["none", "vendor", "customer"]),
                    }
                ),
                "nodes": st.fixed_dictionaries(
                    {
                        "ingestion": st.fixed_dictionaries(
                            {
                                "instance_type": _instance_type,
                                "ami": _ami,
                                "storage": st.sampled_from(["ebs", "ebs", "nvme"]),
                                "volumes": st.fixed_dictionaries({"count": st.sampled_from([4, 6, 8]), **_performance}),
                                "slog": st.fixed_dictionaries(_performance),
                            }
                        ),
                        "proxy": st.fixed_dictionaries({"count": st.integers(1, 8), "ami": _ami}),
                        "fdw": st.fixed_dictionaries({"count": st.integers(1, 32), "ami": _ami}),
                    }
                ),
                "package": st.one_of(
                    st.just({}),
                    st.fixed_dictionaries(
                        {
                            "s3_uri": _s3_key.map(lambda key: f"s3://a-bucket/{key}"),
                            "sha256": st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
                        }
                    ),
                ),
                "tags": _tags,
            }
        )
    )
    raw["topology"] = "private" if private else "public"
    if private:
        raw["database"]["vpc"] = draw(st.fixed_dictionaries(_vpc))
        raw["applications"] = draw(_applications())
        raw["transit"] = draw(st.fixed_dictionaries({"vpc_cidr": _block(), "subnet_cidr": _block()}))
    else:
        raw["proxy"]["client_cidrs"] = draw(st.lists(_block(32, 0), min_size=1, max_size=6))
    return DeploymentAnswers.model_validate(raw)


@st.composite
def hostile_deployments(draw: st.DrawFn) -> DeploymentAnswers:
    """Answers as they would be if no validator stood before the generator: code in every free string."""
    answers = draw(deployments())
    texts = st.fixed_dictionaries(dict.fromkeys(("host", "name", "user", "ca_pem"), hostile_text))
    return answers.model_copy(
        update={
            "database": answers.database.model_copy(update=draw(texts)),
            "identifiers": answers.identifiers.model_copy(update={"organization": draw(hostile_text)}),
            "package": answers.package.model_copy(update={"s3_uri": draw(hostile_text)}),
            "proxy": answers.proxy.model_copy(update={"host": draw(hostile_text)}),
            "tags": draw(st.dictionaries(hostile_text, hostile_text, max_size=3)),
        }
    )
