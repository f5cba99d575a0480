"""All that a probe stands on: what was asked for, what was built, and whom to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.contracts import (
    InstanceOutputs,
    LinkOutputs,
    NodeOutput,
    PrivateOutputs,
    PublicOutputs,
    ServiceOutputs,
    ShardOutputs,
)
from wizard.verify.path import ingestion_key
from wizard.verify.reads import Reads

if TYPE_CHECKING:
    from wizard.aws.commands import NodePing
    from wizard.aws.reads import InstanceFact
    from wizard.verify.customer.reads import Side


@dataclass(frozen=True)
class ShardScene:
    """A shard under verification."""

    shard: ShardAnswers
    outputs: ShardOutputs
    reads: Reads


@dataclass(frozen=True)
class Scene:
    """A deployment under verification. `link` is None while that stack is not applied.

    `customers` are the customer's sides that can be looked at: the database's by the empty name, the others by their
    application's.
    """

    deployment: DeploymentAnswers
    shard: ShardAnswers
    outputs: InstanceOutputs
    shard_outputs: ShardOutputs
    link: LinkOutputs | None
    reads: Reads
    clock: Callable[[], datetime]
    customers: Mapping[str, Side] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def private(self) -> PrivateOutputs:
        """The private path; only its own probes ask."""
        if self.outputs.private is None:
            raise ValueError("a hop of the private path on a deployment without one")
        return self.outputs.private

    @property
    def service(self) -> ServiceOutputs:
        """The path through the customer's service; only its own probes ask."""
        if self.outputs.service is None:
            raise ValueError("a hop of the customer's service on a deployment without one")
        return self.outputs.service

    @property
    def public(self) -> PublicOutputs:
        """The public path; only its own probes ask."""
        if self.outputs.public is None:
            raise ValueError("a hop of the public path on a deployment without one")
        return self.outputs.public

    @property
    def ingestion(self) -> NodeOutput:
        """The node that talks to the database."""
        return self.outputs.nodes[ingestion_key(self.outputs)]

    @property
    def proxies(self) -> tuple[NodeOutput, ...]:
        """The proxies, in order."""
        return tuple(node for _, node in sorted(self.outputs.nodes.items()) if node.role == "proxy")

    def instances(self) -> dict[str, InstanceFact]:
        """All instances of the deployment, read once for all hops that ask."""
        with self._lock:
            return self._instances

    def managed_nodes(self) -> dict[str, NodePing]:
        """What SSM knows of them, read once for all hops that ask."""
        with self._lock:
            return self._managed_nodes

    @cached_property
    def _instances(self) -> dict[str, InstanceFact]:
        return self.reads.instances(self._instance_ids)

    @cached_property
    def _managed_nodes(self) -> dict[str, NodePing]:
        return self.reads.managed_nodes(self._instance_ids)

    @property
    def _instance_ids(self) -> list[str]:
        return [node.instance_id for node in self.outputs.nodes.values()]
