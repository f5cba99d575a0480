"""What protects a deployment from accidents: its state, its deletion protection, its tags, its package's digest."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.answers.account import StateBackend, StateLock
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.checks.codes import code
from wizard.findings import Finding, Severity

#: AWS takes 50 tags for most resources; ten are left for Planewright's own and for Name.
MOST_TAGS = 40

STATE_LOCAL = code(
    "STATE_LOCAL",
    Severity.HIGH,
    why="a state in a file has no versions, no lock for a second operator, and is lost with this machine",
    remedy="set state.backend to s3; local is for trials",
)
LOCK_BOTH = code(
    "STATE_LOCK_BOTH",
    Severity.INFO,
    why="it is for the time of changing over: each plan takes two locks, and one that dies between them leaves half of them",
    remedy="once every stack was planned with it, and nobody plans with files of before, set state.lock to what it is to be",
)
LOCK_TABLE = code(
    "STATE_LOCK_DEPRECATED",
    Severity.INFO,
    why="Terraform calls dynamodb_table deprecated, says so at each init, and a later release takes it away; OpenTofu keeps it",
    remedy="nothing is to be done; where the reason for the table is gone, set state.lock to both and later to file",
)
UNPROTECTED = code(
    "DELETION_PROTECTION_OFF",
    Severity.WARN,
    why="a console click, or a destroy of the wrong thing, then deletes volumes and load balancers at once",
    remedy="set governance.deletion_protection to true; `planewright destroy` lifts it by itself",
)
TAGS = code(
    "TAGS_TOO_MANY",
    Severity.CRITICAL,
    why="AWS takes 50 tags on a resource, and Planewright needs some for itself",
    remedy="at most 40 tags, the shard's and the deployment's together",
)
UNVERIFIED = code(
    "PACKAGE_UNVERIFIED",
    Severity.CRITICAL,
    why="nodes would run whatever lies at that address when they boot",
    remedy="set package.sha256 to the digest that Springtail published (sha256sum FILE)",
)
NO_PACKAGE = code(
    "PACKAGE_MISSING",
    Severity.INFO,
    why="nodes are built, joined and verified, but nothing replicates until Springtail is installed",
    remedy="set package.s3_uri and package.sha256 when Springtail has handed the package over",
)


def shard(answers: ShardAnswers) -> Iterator[Finding]:
    """Check a shard's state and protection."""
    if answers.state.backend is StateBackend.LOCAL:
        yield STATE_LOCAL.at("state.backend", "the state is kept in a file on this machine")
    elif answers.state.lock is StateLock.BOTH:
        yield LOCK_BOTH.at("state.lock", "states are locked by an object and by a table")
    elif answers.state.lock is StateLock.DYNAMODB:
        yield LOCK_TABLE.at("state.lock", "states are locked by a DynamoDB table")
    if not answers.governance.deletion_protection:
        yield UNPROTECTED.at("governance.deletion_protection", "nothing is protected from deletion")


def deployment(answers: DeploymentAnswers, on: ShardAnswers) -> Iterator[Finding]:
    """Check a deployment's tags and package."""
    tags = {**on.governance.tags, **answers.tags}
    if len(tags) > MOST_TAGS:
        yield TAGS.at("tags", f"{len(tags)} tags with the shard's")
    if answers.package.s3_uri and not answers.package.sha256:
        yield UNVERIFIED.at("package.sha256", "the package's digest is not given")
    if not answers.package.s3_uri:
        yield NO_PACKAGE.at("package.s3_uri", "Springtail is not installed")
