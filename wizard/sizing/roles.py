"""What the answers ask of each role's machine: a wish, to hold instance types against."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.blueprints.springtail.answers import DeploymentAnswers, FdwNode, IngestionNode, ProxyNode, Storage
from wizard.blueprints.springtail.needs import NEEDS, RoleNeeds
from wizard.sizing.budget import Volumes, data_volumes, root_volume

Node = IngestionNode | ProxyNode | FdwNode
ROLES = tuple(NEEDS)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a role's machine has to carry. `architecture` is the image's, empty where the image follows the type."""

    needs: RoleNeeds
    storage: Storage
    volumes: tuple[Volumes, ...]
    architecture: str = ""

    @property
    def holds_data(self) -> bool:
        """Whether data lies on its EBS volumes."""
        return any(volumes.holds_data for volumes in self.volumes)

    @property
    def attached(self) -> int:
        """How many volumes are attached, the root volume among them."""
        return sum(volumes.count for volumes in self.volumes)


def node_of(deployment: DeploymentAnswers, role: str) -> Node:
    """Give a role's answers."""
    node: Node = getattr(deployment.nodes, role)
    return node


def wish_of(
    deployment: DeploymentAnswers, role: str, *, architecture: str = "", storage: Storage | None = None
) -> Wish:
    """Give what the answers ask of a role's machine, or what they would ask with another storage."""
    node = node_of(deployment, role)
    chosen = storage or (node.storage if isinstance(node, IngestionNode) else Storage.EBS)
    data = _data(node) if isinstance(node, IngestionNode) and chosen is Storage.EBS else ()
    return Wish(NEEDS[role], chosen, (*data, root_volume(node.root_volume_gib)), architecture)


def _data(node: IngestionNode) -> tuple[Volumes, ...]:
    return (
        data_volumes("data", node.volumes.count, node.volumes),
        data_volumes("slog", 1, node.slog),
    )
