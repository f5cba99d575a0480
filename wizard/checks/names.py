"""Names: what AWS will see, and what two deployments of one shard must not share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.blueprints.springtail import names as derived
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers, Topology
from wizard.blueprints.springtail.derived import Kind, Named, of_deployment, of_shard
from wizard.checks.codes import code
from wizard.findings import Finding, Severity

RESERVED = code(
    "NAME_RESERVED",
    Severity.CRITICAL,
    why="AWS refuses load balancers whose name begins with internal-, and all of a deployment's begin with its own",
    remedy="choose a name that does not begin with internal-",
)
SHORTENED = code(
    "NAME_SHORTENED",
    Severity.INFO,
    why="AWS takes at most 32 characters for a load balancer and a target group, 40 for Redis: longer names are cut",
    remedy="nothing to do: cut names end in a digest of the whole and stay unique; a shorter name reads better in the console",
)
TOO_LONG = code(
    "NAME_TOO_LONG",
    Severity.CRITICAL,
    why="AWS refuses the name, and that would stop the apply half way",
    remedy="choose a shorter one",
)
COLLISION = code(
    "NAME_COLLISION",
    Severity.CRITICAL,
    why="two resources of one kind cannot have one name in an account and region; the second apply would fail half way",
    remedy="give one of the two another name or other Springtail ids",
)
INSTANCE_TAKEN = code(
    "INSTANCE_ID_TAKEN",
    Severity.CRITICAL,
    why="the id is the prefix of the deployment's keys in the shard's Redis: two with one id would read each other's configuration",
    remedy="use the database-instance id that Springtail gave to this deployment",
)
HOST_TAKEN = code(
    "PROXY_HOST_TAKEN",
    Severity.CRITICAL,
    why="a VPC resolves a name in one private zone only, and a public name points at one load balancer",
    remedy="give each deployment's proxy a name of its own",
)

#: Characters that AWS takes for each kind of thing (its API models and user guides).
LIMITS: dict[Kind, int] = {
    Kind.LOAD_BALANCER: 32,
    Kind.TARGET_GROUP: 32,
    Kind.ROLE: 64,
    Kind.INSTANCE_PROFILE: 128,
    Kind.FUNCTION: 64,
    Kind.RULE: 64,
    Kind.LOG_GROUP: 512,
    Kind.ALARM: 255,
    Kind.SECRET: 512,
    Kind.PARAMETER: 1011,
    Kind.REDIS_USER: 40,
    Kind.REPLICATION_GROUP: 40,
    Kind.USER_GROUP: 40,
    Kind.CACHE_PARAMETER_GROUP: 255,
    Kind.CACHE_SUBNET_GROUP: 255,
    Kind.TOPIC: 256,
}
#: A name in DNS as it is written: 255 octets on the wire, of which two are no letters.
_HOST_LIMIT = 253
#: Levels of a parameter's name: /1/2/…
_PARAMETER_LEVELS = 15


def shard(answers: ShardAnswers) -> Iterator[Finding]:
    """Check the names that AWS derives from a shard's."""
    yield from too_long(of_shard(answers))
    yield from _shortened(answers.name, derived.shard_names(answers))


def deployment(
    answers: DeploymentAnswers, on: ShardAnswers, others: tuple[DeploymentAnswers, ...]
) -> Iterator[Finding]:
    """Check a deployment's names by themselves and against the shard's other deployments."""
    if answers.name.startswith("internal-"):
        yield RESERVED.at("name", f"{answers.name} begins with internal-")
    yield from too_long((*of_deployment(answers, on), *_images(answers)))
    yield from _hosts(answers)
    yield from _shortened(answers.name, derived.names(answers))
    ours = _taken(answers, on)
    for other in others:
        for what, name in sorted(ours & _taken(other, on)):
            yield COLLISION.at("name", f"{what} {name} would be {other.name}'s as well")
        if other.identifiers.instance == answers.identifiers.instance:
            yield INSTANCE_TAKEN.at(
                "identifiers.instance", f"{answers.identifiers.instance} is {other.name}'s, on the same shard"
            )
        if answers.proxy.host and answers.proxy.host == other.proxy.host and _meet(answers, other):
            yield HOST_TAKEN.at("proxy.host", f"{answers.proxy.host} is {other.name}'s as well")


def too_long(names: Iterable[Named]) -> Iterator[Finding]:
    """Compare names with what AWS takes."""
    for named in names:
        limit = LIMITS[named.kind]
        if len(named.name) > limit:
            said = f"{named.kind.value} {named.name[:48]}… has {len(named.name)} characters; AWS takes {limit}"
            yield TOO_LONG.at(named.path, said)
        levels = named.name.count("/")
        if named.kind is Kind.PARAMETER and levels > _PARAMETER_LEVELS:
            said = f"parameter {named.name[:48]}… has {levels} levels; AWS takes {_PARAMETER_LEVELS}"
            yield TOO_LONG.at(named.path, said, remedy="name a parameter with fewer levels")


def _images(answers: DeploymentAnswers) -> Iterator[Named]:
    nodes = answers.nodes
    for role, ami in (("ingestion", nodes.ingestion.ami), ("proxy", nodes.proxy.ami), ("fdw", nodes.fdw.ami)):
        if ami.parameter:
            yield Named(Kind.PARAMETER, ami.parameter, f"nodes.{role}.ami.parameter")


def _hosts(answers: DeploymentAnswers) -> Iterator[Finding]:
    for path, host in (("database.host", answers.database.host), ("proxy.host", answers.proxy.host)):
        if len(host) > _HOST_LIMIT:
            yield TOO_LONG.at(path, f"{host[:48]}… has {len(host)} characters; a name in DNS has {_HOST_LIMIT} at most")


def _taken(answers: DeploymentAnswers, on: ShardAnswers) -> frozenset[tuple[str, str]]:
    """Every name that has to be unique in the account and region, with the kind of thing that bears it."""
    kinds = {
        "nlb": "load balancer", "target_group": "target group", "role": "role",
        "watcher": "function", "user_id": "Redis user", "user_name": "Redis user name",
    }  # fmt: skip
    found = {
        (kind, name)
        for purpose, name in derived.names(answers).items()
        for ending, kind in kinds.items()
        if purpose.endswith(ending)
    }
    secrets = (derived.database_secret(answers), derived.proxy_tls_secret(answers), derived.redis_secret(on, answers))
    return frozenset(found | {("secret", name) for name in secrets})


def _meet(one: DeploymentAnswers, other: DeploymentAnswers) -> bool:
    """Whether somebody could resolve both proxies' names: both are public, or an application VPC is peered with both."""
    if one.topology is not other.topology:
        return False
    if one.topology is Topology.PUBLIC:
        return True
    return bool({app.vpc_id for app in one.applications} & {app.vpc_id for app in other.applications})


def _shortened(name: str, names: dict[str, str]) -> Iterator[Finding]:
    cut = sorted(value for value in names.values() if not value.startswith(f"{name}-"))
    if cut:
        yield SHORTENED.at("name", f"{name} is too long for {len(cut)} of its names, such as {cut[0]}")
