"""Springtail's upgrades: which steps lead from the nodes that run to those that are wanted. Pure.

    answers ─► FDWs one by one ─► those that go ─► proxies one by one ─► ingestion ─► package

Each step is a plan of the whole stack: nodes whose turn has not come stand apart from their role (`facts.Apart`) and stay as
they are. So a half-way fleet is what the files say, and its plan is clean. FDWs that are added come first, those that go
come after the new ones: there are never fewer than there have to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from wizard.blueprints.springtail.facts import Apart
from wizard.blueprints.springtail.stacks import INSTANCE
from wizard.upgrades.steps import Act, ActVerb, Facts, Gate, Step

#: What a gate wants of a node that goes.
GONE = "gone"
#: States of a hop that let an upgrade go on. A boot is not provable in a rehearsal.
PROVEN = "passed"
NOT_REFUTED = "passed or not_provable_in_rehearsal"
#: How the facts of a step are named that tell of a role's image and of a node that stands apart.
IMAGE, APART = "image.", "node."
_UNPROTECTED = "may be terminated"


@dataclass(frozen=True, slots=True)
class Running:
    """A node as AWS has it. `release` is the package that it is turned to.

    `active`: its services were started, and nobody has stopped them. `up`: they are; not starting still, or again and again.
    """

    ami_id: str
    instance_type: str
    protected: bool
    release: str = ""
    active: bool = False
    up: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """What is wanted of a role's nodes."""

    ami_id: str
    architecture: str
    instance_type: str
    count: int


@dataclass(frozen=True, slots=True)
class Fleet:
    """All that the steps are worked out from.

    `rest` is what an apply would change beside the nodes, a line each. `package` is the answered package's sha256, empty for
    none. `protects` says that nodes are protected from termination, and that the provider does not lift that by itself;
    `blank` that ingestion's data goes with its node.
    """

    nodes: Mapping[str, Running]
    roles: Mapping[str, Role]
    rest: tuple[str, ...] = ()
    package: str = ""
    protects: bool = True
    blank: bool = False

    def wanted(self) -> dict[str, Role]:
        """Give every node that is wanted, by its key."""
        return {f"{name}-{index}": role for name, role in self.roles.items() for index in range(role.count)}

    @property
    def serves(self) -> bool:
        """Whether Springtail's services have to be looked after: a package is answered, and one is started."""
        return bool(self.package) and any(node.active for node in self.nodes.values())


def role_of(key: str) -> str:
    """Give the role of a node's key."""
    return key.rpartition("-")[0]


def running(node: Running | Role) -> str:
    """Say what a node runs, as gates compare it."""
    return f"{node.ami_id} {node.instance_type}"


def steps(fleet: Fleet) -> tuple[Step, ...]:
    """Give what is left to do, in order; empty where all is as it is wanted."""
    return tuple(_Way(fleet).steps())


def apart_of(sets: Facts) -> dict[str, Apart]:
    """Read the nodes that stand apart after a step."""
    found = {}
    for name, value in sets:
        if name.startswith(APART):
            ami_id, instance_type, *rest = value.removesuffix(_UNPROTECTED).rstrip(", ").split()
            if rest:
                raise ValueError(value)
            found[name.removeprefix(APART)] = Apart(
                ami_id=ami_id, instance_type=instance_type, protected=not value.endswith(_UNPROTECTED)
            )
    return found


def images_of(sets: Facts) -> dict[str, tuple[str, str]]:
    """Read each role's image and architecture after a step."""
    found = {}
    for name, value in sets:
        if name.startswith(IMAGE):
            ami_id, architecture = value.split()
            found[name.removeprefix(IMAGE)] = (ami_id, architecture)
    return found


class _Way:
    """The steps of one fleet. `left` are the nodes that still stand apart, as they are."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.wanted = fleet.wanted()
        self.replaced = [key for key in self._both() if fleet.nodes[key].ami_id != self.wanted[key].ami_id]
        self.resized = [
            key
            for key in self._both()
            if key not in self.replaced and fleet.nodes[key].instance_type != self.wanted[key].instance_type
        ]
        self.removed = sorted((key for key in fleet.nodes if key not in self.wanted), key=_last_first)
        self.added = [key for key in self.wanted if key not in fleet.nodes]
        self.left = {key: fleet.nodes[key] for key in (*self.replaced, *self.resized, *self.removed)}

    def _both(self) -> list[str]:
        return [key for key in self.wanted if key in self.fleet.nodes]

    def steps(self) -> Iterator[Step]:
        if self.fleet.rest or self.added:
            yield self._answers()
        terminated = [key for key in (*self.replaced, *self.removed) if self.left[key].protected]
        if self.fleet.protects and terminated:
            yield self._unprotected(terminated)
        changed = [*self.replaced, *self.resized]
        yield from (self._reader(key) for key in self.wanted if key in changed and role_of(key) == "fdw")
        yield from (self._removal(key) for key in self.removed)
        yield from (self._reader(key) for key in self.wanted if key in changed and role_of(key) == "proxy")
        if "ingestion-0" in changed:
            yield self._ingestion()
        yield from self._package(changed)

    def _sets(self) -> Facts:
        images = ((f"{IMAGE}{name}", f"{role.ami_id} {role.architecture}") for name, role in self.fleet.roles.items())
        apart = (
            (f"{APART}{key}", running(node) + ("" if node.protected else f", {_UNPROTECTED}"))
            for key, node in sorted(self.left.items())
        )
        return (*images, *apart)

    def _acts(self, *acts: tuple[ActVerb, str]) -> tuple[Act, ...]:
        return tuple(Act(verb, node) for verb, node in acts) if self.fleet.serves else ()

    def _answers(self) -> Step:
        new = ", ".join(self.added)
        ingestion: list[tuple[ActVerb, str]] = [("prepare", "ingestion-0")] if self.added else []
        acts: list[tuple[ActVerb, str]] = [(verb, key) for key in self.added for verb in ("prepare", "start")]
        return Step(
            key="answers",
            title=f"What was answered{f', with {new}' if new else ''}",
            why="; ".join((*self.fleet.rest, *([f"{new} added before any other node is touched"] if new else []))),
            stack=INSTANCE,
            sets=self._sets(),
            after=self._acts(*ingestion, *acts),
            gates=tuple(gate for key in self.added for gate in self._gates(key)),
            back="answer it as it was, and planewright upgrade again",
        )

    def _unprotected(self, keys: list[str]) -> Step:
        for key in keys:
            self.left[key] = replace(self.left[key], protected=False)
        return Step(
            key="protection",
            title=f"Lift the protection from termination of {', '.join(keys)}",
            why="AWS terminates no node that is protected; the node that takes its place is protected again",
            stack=INSTANCE,
            sets=self._sets(),
            back="planewright upgrade --abandon keeps it lifted; answering the earlier image sets it again",
        )

    def _reader(self, key: str) -> Step:
        role, node = role_of(key), self.left.pop(key)
        alone = self.fleet.roles[role].count == 1 and sum(role_of(other) == role for other in self.fleet.nodes) == 1
        if role == "fdw":
            ends = (
                "it is drained first: its connections come to their end" if self.fleet.serves else "nothing runs on it"
            )
        else:
            ends = "connections through it end, and are made anew" if self.fleet.serves else "nothing runs on it"
        only = f". It is the only {role}: nobody takes over meanwhile" if alone and self.fleet.serves else ""
        return self._changed(
            key,
            node,
            f"{ends}{only}",
            before=self._acts(("stop", key)),
            # Redis is told by ingestion where a node is.
            after=self._acts(("prepare", "ingestion-0"), ("prepare", key), ("start", key)),
        )

    def _ingestion(self) -> Step:
        node = self.left.pop("ingestion-0")
        there = [*self._of("proxy"), *self._of("fdw"), "ingestion-0"]
        up = ["ingestion-0", *self._of("proxy"), *self._of("fdw")]
        interrupts = "everything is down from the stop of the services to their start" if self.fleet.serves else ""
        moves = "" if self.fleet.blank else "its volumes move over to it with what is on them"
        lost = "ingestion keeps its data on its own disks: they are blank afterwards, and rebuilt from the primary"
        told = "; ".join(filter(None, (interrupts, moves, "proxies and FDWs learn its new address")))
        return self._changed(
            "ingestion-0",
            node,
            told,
            before=self._acts(*(("stop", key) for key in there)),
            after=self._acts(*(("prepare", key) for key in up), *(("start", key) for key in up)),
            volumes=not self.fleet.blank,
            one_way=lost if self.fleet.blank else "",
        )

    def _of(self, role: str) -> list[str]:
        return [key for key in self.wanted if role_of(key) == role]

    def _changed(
        self,
        key: str,
        node: Running,
        told: str,
        *,
        before: tuple[Act, ...],
        after: tuple[Act, ...],
        volumes: bool = False,
        one_way: str = "",
    ) -> Step:
        role, wanted = role_of(key), self.wanted[key]
        new = key in self.replaced
        what = f"from image {node.ami_id} to {wanted.ami_id}" if new else ""
        size = (
            "" if node.instance_type == wanted.instance_type else f"from {node.instance_type} to {wanted.instance_type}"
        )
        how = (
            "a new node is made beside it, and then the old one goes"
            if new
            else "it is stopped, and started as the other type"
        )
        earlier = f"nodes.{role}.ami.id: {node.ami_id}" if new else f"nodes.{role}.instance_type: {node.instance_type}"
        return Step(
            key=f"{'replace' if new else 'resize'}-{key}",
            title=f"{'Replace' if new else 'Resize'} {key}: {', '.join(filter(None, (what, size)))}",
            why=f"{how}; {told}",
            stack=INSTANCE,
            sets=self._sets(),
            before=before,
            after=after,
            gates=self._gates(key, volumes=volumes),
            one_way=one_way,
            back="" if one_way else f"answer {earlier}, and planewright upgrade again: one by one, as now",
        )

    def _removal(self, key: str) -> Step:
        del self.left[key]
        return Step(
            key=f"remove-{key}",
            title=f"Take {key} away",
            why=f"nodes.{role_of(key)}.count is {self.fleet.roles[role_of(key)].count}"
            + ("; its connections come to their end first" if self.fleet.serves and role_of(key) == "fdw" else ""),
            stack=INSTANCE,
            sets=self._sets(),
            before=self._acts(("stop", key)),
            after=self._acts(("prepare", "ingestion-0")),
            gates=(Gate(f"gone-{key}", f"{key} is gone", "nodes_run", ((key, GONE),)),),
            back="answer the earlier count, and planewright upgrade again: a new node takes its place",
        )

    def _package(self, changed: list[str]) -> Iterator[Step]:
        """Give the reload of the nodes that were not made or restarted anyway: each is stopped, turned and started."""
        if not self.fleet.serves or "ingestion-0" in changed:
            return
        reloaded = [
            key
            for role in ("fdw", "proxy", "ingestion")
            for key in self._of(role)
            if key in self.fleet.nodes and key not in changed and not self._up_to_date(self.fleet.nodes[key])
        ]
        if reloaded:
            yield Step(
                key="package",
                title=f"Reload Springtail's package on {', '.join(reloaded)}",
                why="the new package is laid beside the old one; node after node is stopped, turned to it and started; "
                "an FDW is drained first",
                stack=INSTANCE,
                sets=self._sets(),
                after=self._acts(*((verb, key) for key in reloaded for verb in ("stop", "prepare", "start"))),
                gates=(Gate("services", "Springtail's services run", "hop", (("springtail.services", PROVEN),)),),
                back="answer the earlier package.s3_uri and package.sha256, and planewright upgrade again",
            )

    def _up_to_date(self, node: Running) -> bool:
        return node.up and node.release == self.fleet.package

    def _gates(self, key: str, *, volumes: bool = False) -> tuple[Gate, ...]:
        wanted = self.wanted[key]
        hops = ((f"node.{key}.running", PROVEN), (f"node.{key}.ssm", PROVEN), (f"node.{key}.boot", NOT_REFUTED))
        more = (("volumes", PROVEN),) if volumes else ()
        served = (("springtail.services", PROVEN),) if self.fleet.serves else ()
        return (
            Gate(
                f"runs-{key}",
                f"{key} runs {wanted.ami_id} as {wanted.instance_type}",
                "nodes_run",
                ((key, running(wanted)),),
            ),
            Gate(f"well-{key}", f"{key} runs, is online and has booted", "hop", (*hops, *more, *served)),
        )


def _last_first(key: str) -> tuple[str, int]:
    return role_of(key), -int(key.rpartition("-")[2])
