"""What every stack is asked: where it is built, how its state is kept, what the enterprise demands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from wizard.answers.question import Question, both, equals
from wizard.answers.types import (
    AccountId,
    Answers,
    BucketName,
    KeyArn,
    PolicyArn,
    Region,
    RoleArn,
    TableName,
    TagKey,
    TagValue,
)


class Partition(StrEnum):
    """AWS's separate worlds; a region belongs to one."""

    AWS = "aws"
    CHINA = "aws-cn"
    GOVCLOUD = "aws-us-gov"


#: A region of each partition that every account has. Services without a region leave their events there.
HOME_REGIONS: Final[Mapping[str, str]] = {
    Partition.AWS: "us-east-1",
    Partition.CHINA: "cn-north-1",
    Partition.GOVCLOUD: "us-gov-west-1",
}


class Account(Answers):
    """The vendor's account that everything is built in, and how to get into it."""

    id: Annotated[
        AccountId,
        Question(
            "AWS account id",
            "The account that everything is built in. Credentials of any other account are refused.",
        ),
    ]
    region: Annotated[Region, Question("Region", "Where the shard lives. All its deployments live there too.")]
    partition: Annotated[Partition, Question("Partition", "aws, aws-cn or aws-us-gov.", advanced=True)] = Partition.AWS
    profile: Annotated[
        str,
        Question("AWS profile", "A profile of ~/.aws/config; empty takes the credentials of the environment."),
    ] = ""
    role_arn: Annotated[
        RoleArn,
        Question(
            "Role to assume",
            "A role in the account, assumed from the profile's credentials; empty for none.",
            advanced=True,
        ),
    ] = ""
    external_id: Annotated[
        str,
        Question(
            "External id",
            "What the role's trust policy asks for, if it does.",
            when=lambda a: bool(a.get("account.role_arn")),
            depends_on=("account.role_arn",),
            advanced=True,
        ),
    ] = Field("", max_length=1224)
    mfa_serial: Annotated[
        str,
        Question(
            "MFA device",
            "ARN of the MFA device that the role asks for, if it does.",
            when=lambda a: bool(a.get("account.role_arn")),
            depends_on=("account.role_arn",),
            advanced=True,
        ),
    ] = Field("", max_length=256)


class StateBackend(StrEnum):
    """Where the engine keeps its state."""

    S3 = "s3"
    LOCAL = "local"


class StateLock(StrEnum):
    """What holds off everybody else while a state is changed."""

    FILE = "file"
    DYNAMODB = "dynamodb"
    BOTH = "both"


class State(Answers):
    """The engine's state. The bucket outlives every destroy."""

    backend: Annotated[
        StateBackend,
        Question(
            "State backend",
            "s3 keeps it versioned, encrypted and locked; local keeps it in a file on this machine and is for trials only.",
            advanced=True,
        ),
    ] = StateBackend.S3
    bucket: Annotated[
        BucketName,
        Question(
            "State bucket",
            "Empty: planewright-state-ACCOUNT-REGION, made when it does not exist.",
            when=equals("state.backend", "s3"),
            depends_on=("state.backend",),
            advanced=True,
        ),
    ] = ""
    kms_key_arn: Annotated[
        KeyArn,
        Question(
            "KMS key of the state",
            "Empty: a key named alias/planewright-state, made when it does not exist.",
            when=equals("state.backend", "s3"),
            depends_on=("state.backend",),
            advanced=True,
        ),
    ] = ""
    lock: Annotated[
        StateLock,
        Question(
            "State lock",
            "file locks by an object beside the state. dynamodb locks by a table: for a bucket that forbids deletes, a rule "
            "of the organization, or a pipeline that locks by it still. both is for the time of changing over.",
            when=equals("state.backend", "s3"),
            depends_on=("state.backend",),
            advanced=True,
        ),
    ] = StateLock.FILE
    lock_table: Annotated[
        TableName,
        Question(
            "Lock table",
            "DynamoDB table in the account and region of the state. Empty: planewright-state-lock, made when it does not exist.",
            when=both(equals("state.backend", "s3"), equals("state.lock", "dynamodb", "both")),
            depends_on=("state.backend", "state.lock"),
            advanced=True,
        ),
    ] = ""


class Governance(Answers):
    """What enterprises ask for on the first call."""

    tags: Annotated[
        dict[TagKey, TagValue],
        Question("Mandatory tags", "Put on everything that takes tags, beside Planewright's own."),
    ] = Field(default_factory=dict, max_length=40)
    permissions_boundary_arn: Annotated[
        PolicyArn,
        Question(
            "Permissions boundary",
            "ARN of the policy that bounds every role made here; empty for none.",
            advanced=True,
        ),
    ] = ""
    kms_key_arn: Annotated[
        KeyArn,
        Question(
            "KMS key",
            "Encrypts volumes, Redis, secrets and topics; empty takes the AWS-managed keys.",
            advanced=True,
        ),
    ] = ""
    deletion_protection: Annotated[
        bool,
        Question(
            "Deletion protection",
            "Protects what holds data or names. A destroy first shows a plan that lifts it.",
            advanced=True,
        ),
    ] = True
