"""The KMS key that encrypts the state: the one that the answers name, or ours, made once for account and region."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession
from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.errors import InputError, Problem

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_kms.type_defs import KeyMetadataTypeDef

ALIAS = "alias/planewright-state"
#: The tag by which bucket and key are known as ours, also to the next attempt after one that broke off.
OURS = ("planewright:component", "state")


@dataclass(frozen=True, slots=True)
class StateKey:
    """The key's ARN and what was made or changed to have it."""

    arn: str
    made: tuple[str, ...]


def find_key(session: AwsSession, shard: ShardAnswers) -> str | None:
    """Give the ARN of the key to use, or None when it would have to be made. Raises InputError for one that will not do."""
    kms = session.client("kms")
    named = shard.state.kms_key_arn
    try:
        with session.call(f"read the state's KMS key {named or ALIAS}"):
            key = _describe(kms, named or ALIAS)
    except _NoSuchKeyError:
        if not named:
            return None
        raise InputError(
            "the state's KMS key does not exist",
            (
                Problem(
                    "state.kms_key_arn",
                    f"{named} does not exist in this account and region",
                    "correct the ARN, or leave it empty",
                ),
            ),
        ) from None
    if key["KeyState"] != "Enabled":
        path = "state.kms_key_arn" if named else ALIAS
        raise InputError(
            "the state's KMS key cannot be used",
            (
                Problem(
                    path,
                    f"{key['Arn']} is {key['KeyState']}",
                    f"enable it (`aws kms cancel-key-deletion`, `aws kms enable-key --key-id {key['KeyId']}`): what it "
                    "encrypted cannot be read without it",
                ),
            ),
        )
    return key["Arn"]


def ensure_key(session: AwsSession, shard: ShardAnswers) -> StateKey:
    """Give the named key as it is, or ours: made, rotating and under its alias, whatever an earlier attempt left."""
    found = find_key(session, shard)
    if found and shard.state.kms_key_arn:
        return StateKey(found, ())
    kms = session.client("kms")
    made: list[str] = []
    with session.call(f"make the state's KMS key {ALIAS}"):
        if found is None:
            # A key that got its tags but not its alias: an attempt that broke off in between.
            found = _unnamed(kms)
            if found is None:
                tags = {**shard.governance.tags, OURS[0]: OURS[1]}
                found = kms.create_key(
                    Description="Planewright: encrypts the state of its stacks",
                    Tags=[{"TagKey": key, "TagValue": value} for key, value in sorted(tags.items())],
                )["KeyMetadata"]["Arn"]
                made.append(f"KMS key {found}")
            kms.create_alias(AliasName=ALIAS, TargetKeyId=found)
            made.append(ALIAS)
        if not kms.get_key_rotation_status(KeyId=found)["KeyRotationEnabled"]:
            kms.enable_key_rotation(KeyId=found)
            made.append(f"yearly rotation of {ALIAS}")
    return StateKey(found, tuple(made))


class _NoSuchKeyError(Exception):
    pass


def _describe(kms: KMSClient, key: str) -> KeyMetadataTypeDef:
    try:
        return kms.describe_key(KeyId=key)["KeyMetadata"]
    except ClientError as error:
        if error_code(error) == "NotFoundException":
            raise _NoSuchKeyError from None
        raise


def _unnamed(kms: KMSClient) -> str | None:
    for arn in _keys(kms):
        try:
            tags = {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=arn)["Tags"]}
        except ClientError as error:
            # A key whose policy keeps us out is not ours.
            if error_code(error) == "AccessDeniedException":
                continue
            raise
        if tags.get(OURS[0]) == OURS[1] and kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Enabled":
            return arn
    return None


def _keys(kms: KMSClient) -> Iterable[str]:
    for page in kms.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            yield key["KeyArn"]
