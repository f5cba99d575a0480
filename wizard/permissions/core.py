"""What the program itself calls: the state's home, images, secrets, verification, and looking before anything is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from wizard.answers.account import HOME_REGIONS, StateBackend, StateLock
from wizard.facts.kinds import kinds
from wizard.permissions.grants import CORE, REGION_KEY, Condition, Grant, Stage, Where
from wizard.permissions.places import Places, is_look
from wizard.permissions.state import alias_arn, bucket_arn, lock_items, state_objects, table_arns

_READ, _DO, _UNDO = Stage.READ, Stage.DO, Stage.UNDO

_BUCKET_READ: Final = (
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:ListBucket",
    "s3:ListBucketVersions",
)
_BUCKET_DO: Final = (
    "s3:CreateBucket",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
)
_KEY_DO: Final = ("kms:CreateAlias", "kms:CreateKey", "kms:EnableKeyRotation", "kms:TagResource")
_TABLE_READ: Final = (
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTable",
    "dynamodb:ListTagsOfResource",
)
_TABLE_DO: Final = (
    "dynamodb:CreateTable",
    "dynamodb:TagResource",
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:UpdateTable",
)
#: What is needed only where the state's home, or a service's own role in the account, does not exist yet.
ONCE: Final = frozenset({*_BUCKET_DO, *_KEY_DO, *_TABLE_DO, "iam:CreateServiceLinkedRole"})
#: Reads of every target: its images, who is on the shard, and whose credentials these are.
_READS: Final = (
    "ec2:DescribeInstances",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
    "sts:GetCallerIdentity",
)
_DEPLOYMENT_READS: Final = (
    "ec2:DescribeImages",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNatGateways",
    "ec2:DescribeSecurityGroupRules",
    "ec2:DescribeVolumes",
    "ec2:DescribeVpcEndpointConnections",
    "ec2:DescribeVpcEndpointServiceConfigurations",
    "ec2:DescribeVpcPeeringConnections",
    "elasticache:DescribeReplicationGroups",
    "elasticache:DescribeUserGroups",
    "elasticache:DescribeUsers",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetHealth",
    "route53:ListResourceRecordSets",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
)
#: Commands on nodes, by which the data path is proven. These know no resource.
_COMMANDS: Final = {
    "ssm:CancelCommand": _DO,
    "ssm:DescribeInstanceInformation": _READ,
    "ssm:GetCommandInvocation": _READ,
}
_SHELL: Final = "AWS-RunShellScript"
_SESSION: Final = "SSM-SessionManagerRunShell"
#: What checks ask of things by their derived names, or of the caller's own role, whatever that is called.
_NAMED: Final = frozenset({"cloudwatch", "dynamodb", "events", "lambda", "logs", "secretsmanager", "sns"})


def core_grants(places: Places) -> Iterator[Grant]:
    """Give what applying, seeding, verifying and destroying call beside the engine."""
    yield from _state(places)
    yield from _grants(_READ, _READS, places)
    if places.deployment is not None:
        yield from _grants(_READ, _DEPLOYMENT_READS, places)
        yield from _secrets(places)
        yield from (Grant("ssm:GetParameter", _READ, where, CORE) for where in _images(places))
        yield from _commands(places)


def check_grants(places: Places) -> Iterator[Grant]:
    """Give what the checks read in the operator's account."""
    for ask in kinds().values():
        # A dry run is no read: what it asks for is what the stacks need anyway.
        if ask.side == "operator":
            yield from (
                Grant(action, _READ, where, CORE)
                for action in ask.permissions
                if is_look(action)
                for where in _of_check(action, places)
            )


def drift_grants(places: Places) -> Iterator[Grant]:
    """Give what drift reads beside the plan: who changed a resource, and what carries our tags. No apply needs them."""
    regions = tuple(dict.fromkeys((places.region, HOME_REGIONS.get(places.partition, places.region))))
    where = Where("History", ("*",), (Condition("StringEquals", REGION_KEY, regions),))
    yield Grant("cloudtrail:LookupEvents", _READ, where, CORE)
    yield from _grants(_READ, ("ec2:DescribeTags",), places)


def _of_check(action: str, places: Places) -> Iterator[Where]:
    service = action.split(":", 1)[0]
    if action == "ssm:GetParameter":
        # Of all that parameters hold, checks look at public images alone.
        yield from _images(places)
    elif service in _NAMED:
        where = places.of(action)
        if where.resources:
            yield where
    else:
        yield places.anywhere(service)


def _grants(stage: Stage, actions: Iterable[str], places: Places) -> Iterator[Grant]:
    for action in actions:
        yield Grant(action, stage, places.of(action), CORE)


def _state(places: Places) -> Iterator[Grant]:
    shard = places.shard
    if shard.state.backend is StateBackend.LOCAL:
        return
    bucket = Where("StateBucket", (bucket_arn(shard),))
    objects = Where("State", tuple(state_objects(shard, places.deployment)))
    key = places.state_key()
    # The lock's object is deleted after each plan. The state itself never is.
    by_object = any(lock != StateLock.DYNAMODB.value for lock, _ in places.locked_by)
    delete = ("s3:DeleteObject",) if by_object else ()
    for stage, actions, where in (
        (_READ, _BUCKET_READ, bucket),
        (_DO, _BUCKET_DO, bucket),
        # Versions are what a state that was damaged or deleted is restored from.
        (_READ, ("s3:GetObject", "s3:GetObjectVersion"), objects),
        (_DO, ("s3:PutObject", *delete), objects),
        (_READ, ("kms:Decrypt", "kms:DescribeKey", "kms:GetKeyRotationStatus"), key),
        (_DO, ("kms:GenerateDataKey",), key),
    ):
        yield from (Grant(action, stage, where, CORE) for action in actions)
    yield from _lock_table(places)
    if shard.state.kms_key_arn:
        return
    # Our own key, made at the first apply and found by its tag ever after.
    alias = Where("StateKeyAlias", (alias_arn(shard),))
    asked = Condition("StringEquals", "aws:RequestTag/planewright:component", ("state",))
    yield Grant("kms:CreateAlias", _DO, alias, CORE)
    yield Grant("kms:CreateAlias", _DO, key, CORE)
    yield Grant("kms:EnableKeyRotation", _DO, key, CORE)
    yield Grant("kms:CreateKey", _DO, Where("StateKeyNew", ("*",), (asked,)), CORE)
    yield Grant("kms:TagResource", _DO, Where("StateKeyNew", ("*",), (asked,)), CORE)
    yield Grant("kms:ListKeys", _READ, places.anywhere("kms"), CORE)
    yield Grant("kms:ListResourceTags", _READ, places.anywhere("kms"), CORE)


def _lock_table(places: Places) -> Iterator[Grant]:
    arns = table_arns(places.shard, places.locked_by)
    if not arns:
        return
    table = Where("LockTable", arns)
    items = Where("LockItems", arns, (lock_items(places.shard, places.deployment),))
    for stage, actions, where in (
        (_READ, _TABLE_READ, table),
        (_DO, _TABLE_DO, table),
        (_READ, ("dynamodb:GetItem",), items),
        (_DO, ("dynamodb:PutItem", "dynamodb:DeleteItem"), items),
    ):
        yield from (Grant(action, stage, where, CORE) for action in actions)


def _secrets(places: Places) -> Iterator[Grant]:
    yield from _grants(_DO, ("secretsmanager:PutSecretValue", "secretsmanager:RestoreSecret"), places)
    yield from _grants(_UNDO, ("secretsmanager:DeleteSecret",), places)
    yield from _grants(_DO, ("elasticache:ModifyUser",), places)
    if places.shard.governance.kms_key_arn:
        yield from _grants(_DO, ("kms:Decrypt", "kms:GenerateDataKey"), places)


def _images(places: Places) -> Iterator[Where]:
    if places.deployment is None:
        return
    nodes = places.deployment.nodes
    named = {node.ami.parameter or "" for node in (nodes.ingestion, nodes.proxy, nodes.fdw) if node.ami.id is None}
    # Public parameters belong to no account; one of one's own does.
    public = {name for name in named if not name or name.startswith("/aws/service/")}
    arns = [places.arn("ssm", "parameter/aws/service/*", account="")] if public else []
    arns += [places.arn("ssm", f"parameter/{name.lstrip('/')}") for name in sorted(named - public)]
    if arns:
        yield Where("Images", tuple(arns))


def _commands(places: Places) -> Iterator[Grant]:
    for action, stage in _COMMANDS.items():
        yield Grant(action, stage, places.anywhere("ssm"), CORE)
    nodes = Where("OwnNodes", (places.arn("ec2", "instance/*"),), (places.own_tag("ssm:resourceTag/"),))
    shell = Where("Shell", (places.arn("ssm", f"document/{_SHELL}", account=""),))
    session = Where("Session", (places.arn("ssm", f"document/{_SESSION}"),))
    for action, where in (
        ("ssm:SendCommand", nodes),
        ("ssm:SendCommand", shell),
        # Nodes have no SSH: this is how a person looks at one.
        ("ssm:StartSession", nodes),
        ("ssm:StartSession", session),
    ):
        yield Grant(action, _DO, where, CORE)
    # A session's name begins with its caller's id: who opened one goes on with it and ends it, and nobody else.
    own = Where("OwnSessions", (places.arn("ssm", "session/${aws:userid}-*"),))
    for action in ("ssmmessages:OpenDataChannel", "ssm:ResumeSession", "ssm:TerminateSession"):
        yield Grant(action, _DO, own, CORE)
