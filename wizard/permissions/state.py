"""Where the engine's state lies: its objects, what locks it, and the key that it is encrypted with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.names import state_bucket, state_key
from wizard.permissions.grants import Condition, Where

#: The tag that our key carries from its first moment, before it has its alias.
_OURS = ("planewright:component", "state")


def bucket_arn(shard: ShardAnswers) -> str:
    """The bucket. S3's ARNs name neither account nor region."""
    return f"arn:{shard.account.partition.value}:s3:::{state_bucket(shard)}"


def state_objects(shard: ShardAnswers, deployment: DeploymentAnswers | None) -> Iterator[str]:
    """The states of an object's stacks, and their locks (`KEY.tflock`) beside them."""
    kind, name = ("deployment", deployment.name) if deployment else ("shard", shard.name)
    yield f"{bucket_arn(shard)}/{state_key(kind, name, '*')}*"


def table_arns(shard: ShardAnswers, locked_by: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The tables that lock states; none where none does."""
    account = shard.account
    tables = sorted({table for _, table in locked_by if table})
    return tuple(f"arn:{account.partition.value}:dynamodb:{account.region}:{account.id}:table/{it}" for it in tables)


def lock_items(shard: ShardAnswers, deployment: DeploymentAnswers | None) -> Condition:
    """The table's items of an object's states: their locks and digests."""
    kind, name = ("deployment", deployment.name) if deployment else ("shard", shard.name)
    ids = f"{state_bucket(shard)}/{state_key(kind, name, '*')}*"
    return Condition("ForAllValues:StringLike", "dynamodb:LeadingKeys", (ids,))


def key_arns(shard: ShardAnswers) -> Where:
    """The key: the one that the answers name, or whichever in the account carries our tag."""
    if shard.state.kms_key_arn:
        return Where("StateKey", (shard.state.kms_key_arn,))
    account = shard.account
    keys = f"arn:{account.partition.value}:kms:{account.region}:{account.id}:key/*"
    return Where("StateKey", (keys,), (Condition("StringEquals", f"aws:ResourceTag/{_OURS[0]}", (_OURS[1],)),))


def alias_arn(shard: ShardAnswers) -> str:
    """The alias of our own key."""
    account = shard.account
    return f"arn:{account.partition.value}:kms:{account.region}:{account.id}:alias/planewright-state"
