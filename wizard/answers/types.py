"""The types that answers are made of: AWS's own identifiers, checked as they are typed.

Patterns and limits are those of the services' API models; each error says what a right value looks like.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Answers(BaseModel):
    """A group of answers: frozen, and an unknown key is an error rather than ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


def _matching(pattern: str, like: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        # fullmatch: `$` would let a newline through at the end.
        if not compiled.fullmatch(value):
            raise ValueError(f"expected {like}")
        return value

    return AfterValidator(check)


def _network(smallest: int, largest: int) -> AfterValidator:
    def check(value: str) -> str:
        try:
            network = IPv4Network(value)
        except ValueError as error:
            raise ValueError(f"expected an IPv4 block such as 10.64.0.0/16 ({error})") from None
        if not largest <= network.prefixlen <= smallest:
            raise ValueError(f"expected a block between /{largest} and /{smallest}")
        return str(network)

    return AfterValidator(check)


#: Names of deployments and shards: they become parts of AWS names, so AWS's narrowest alphabet holds.
Name = Annotated[
    str,
    _matching(
        r"[a-z][a-z0-9-]{0,30}[a-z0-9]",
        "2 to 32 lower-case letters, digits and hyphens, first a letter, last no hyphen",
    ),
]
AccountId = Annotated[str, _matching(r"[0-9]{12}", "a 12-digit AWS account id, quoted so that zeros in front survive")]
Region = Annotated[str, _matching(r"[a-z]{2}(-[a-z]+)+-[0-9]", "a region's name such as us-east-1")]
ZoneId = Annotated[
    str,
    _matching(
        r"[a-z]{2,4}[0-9]?-?[a-z0-9]*-az[0-9]",
        "a zone ID such as use1-az1 (not a zone name: us-east-1a is another zone in another account)",
    ),
]
VpcId = Annotated[str, _matching(r"vpc-[0-9a-f]{8,17}", "a VPC id such as vpc-0abc1234def567890")]
AmiId = Annotated[str, _matching(r"ami-[0-9a-f]{8,17}", "an AMI id such as ami-0abc1234def567890")]
InstanceType = Annotated[str, _matching(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", "an instance type such as r6i.2xlarge")]
CacheNodeType = Annotated[str, _matching(r"cache\.[a-z][a-z0-9]*\.[a-z0-9]+", "a node type such as cache.r7g.large")]
VpcCidr = Annotated[str, _network(28, 16)]
ClientCidr = Annotated[str, _network(32, 0)]
Arn = Annotated[str, _matching(r"(arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+)?", "an ARN, or nothing")]
KeyArn = Annotated[
    str,
    _matching(
        r"(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?",
        "the ARN of a KMS key (arn:…:kms:REGION:ACCOUNT:key/…), or nothing",
    ),
]
RoleArn = Annotated[
    str,
    _matching(r"(arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+)?", "the ARN of an IAM role, or nothing"),
]
PolicyArn = Annotated[
    str,
    _matching(r"(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[\w+=,.@/-]+)?", "the ARN of an IAM policy, or nothing"),
]
BucketName = Annotated[
    str,
    _matching(
        r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?",
        "an S3 bucket's name (3 to 63 lower-case letters, digits, dots and hyphens), or nothing",
    ),
]
#: A name, no ARN: a table elsewhere would lock by what the state's own region does not have.
TableName = Annotated[
    str,
    _matching(
        r"([A-Za-z0-9_.-]{3,255})?",
        "a DynamoDB table's name (3 to 255 letters, digits, _ . and -; no ARN), or nothing",
    ),
]
S3Uri = Annotated[
    str,
    _matching(
        r"(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9!_.*'()/+=@:-]{1,900})?",
        "s3://BUCKET/KEY, or nothing",
    ),
]
Sha256 = Annotated[str, _matching(r"([0-9a-f]{64})?", "64 hexadecimal digits, or nothing")]
ParameterName = Annotated[
    str, _matching(r"(/[A-Za-z0-9_.-]+)+", "an SSM parameter's name such as /aws/service/…/ami-id")
]
#: A DNS name of at least two labels, lower case: what TLS is verified against and what the watcher resolves.
HostName = Annotated[
    str,
    _matching(
        r"(?=.{1,253})([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        "a DNS name such as db.acme.internal, in lower case",
    ),
]
OptionalHostName = Annotated[
    str,
    _matching(
        r"((?=.{1,253})([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?",
        "a DNS name such as db.acme.internal, in lower case, or nothing",
    ),
]
#: An endpoint service of somebody's own, by the name that PrivateLink gives it; empty for none yet.
ServiceName = Annotated[
    str,
    _matching(
        r"((cn\.)?com\.amazonaws\.vpce\.[a-z]{2}(-[a-z]+)+-\d\.vpce-svc-[0-9a-f]{8,17})?",
        "an endpoint service's name such as com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0, or nothing",
    ),
]
#: PostgreSQL identifiers of at most 63 bytes that need no quoting in a connection string.
PgName = Annotated[
    str,
    _matching(r"[A-Za-z_][A-Za-z0-9_$-]{0,62}", "a PostgreSQL name: letters, digits, _ and -, at most 63"),
]
#: Ids of the product: they become part of secret names and Redis keys.
ProductId = Annotated[str, _matching(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", "up to 32 letters, digits, _ and -")]


def _tag_key(value: str) -> str:
    if not 1 <= len(value) <= 128 or not re.fullmatch(r"[\w .:/=+@-]+", value):
        raise ValueError("expected 1 to 128 letters, digits, spaces and _ . : / = + - @")
    if value.lower().startswith("aws:"):
        raise ValueError("AWS keeps the prefix aws: for itself")
    if value.lower().startswith("planewright:"):
        raise ValueError("planewright: tags are set by Planewright")
    return value


def _tag_value(value: str) -> str:
    if len(value) > 256 or not re.fullmatch(r"[\w .:/=+@-]*", value):
        raise ValueError("expected at most 256 letters, digits, spaces and _ . : / = + - @")
    return value


TagKey = Annotated[str, AfterValidator(_tag_key)]
TagValue = Annotated[str, AfterValidator(_tag_value)]


_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----")


def _certificates(value: str) -> str:
    text = "\n".join(line.strip() for line in value.strip().splitlines() if line.strip())
    if "PRIVATE KEY" in text:
        # The value is not repeated: whoever pasted a key here has shown it to one screen too many already.
        raise ValueError("expected public certificates only; this holds a private key")
    if text and _CERTIFICATE.sub("", text).strip():
        raise ValueError("expected nothing but blocks of BEGIN CERTIFICATE … END CERTIFICATE")
    return f"{text}\n" if text else ""


#: Public certificates in PEM, or nothing. Never a key.
CertificatePem = Annotated[str, AfterValidator(_certificates)]
