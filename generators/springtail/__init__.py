"""Springtail's stacks as files: answers, pins and contracts in, a directory of plain OpenTofu out."""

from __future__ import annotations

from generators.files import asset, asset_tree, backend, module, rendered, zipped
from generators.springtail import values
from wizard.blueprints.springtail import names
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers, Topology
from wizard.blueprints.springtail.contracts import InstanceOutputs, ShardOutputs
from wizard.blueprints.springtail.facts import Pins, StateLocation
from wizard.blueprints.springtail.stacks import INSTANCE, LINK, SHARD, stacks_of
from wizard.contracts import Contract, digest_of
from wizard.errors import ContractError, InputError, Problem
from wizard.files import to_json

__all__ = ["deployment_files", "shard_files"]


def shard_files(shard: ShardAnswers, *, state: StateLocation | None) -> dict[str, bytes]:
    """Give a shard's stack: relative paths and contents. `state` None emits no backend."""
    emitted = {
        **_root(SHARD, state=state),
        **module("shard"),
        "terraform.tfvars.json": to_json(values.shard(shard)).encode(),
    }
    if state:
        emitted["backend.tf.json"] = backend(state, names.state_key("shard", shard.name, SHARD), shard.account.id)
    return dict(sorted(emitted.items()))


def deployment_files(
    deployment: DeploymentAnswers,
    shard: ShardAnswers,
    stack: str,
    *,
    pins: Pins | None,
    contract: Contract | None,
    state: StateLocation | None,
) -> dict[str, bytes]:
    """Give one stack of a deployment: relative paths and contents.

    Without `pins`, roles whose answers name no AMI get none, and a plan says so. Without `contract` (that of the
    shard for `instance`, that of `instance` for `link`) the stack is complete but for what it waits for. `state` None
    emits no backend. Raises InputError where the answers do not add up to this stack, ContractError where the
    contract is another stack's.
    """
    _require_buildable(deployment, stack)
    private, service = deployment.topology is Topology.PRIVATE, deployment.through_service
    emitted = _root(stack, private=private, service=service, state=state)
    if stack == LINK:
        emitted |= module("service_link" if service else "link")
        variables = values.link(deployment, shard)
    else:
        path = "service_path" if service else "private_path" if private else "public_path"
        emitted |= module("nodes") | module(path)
        emitted |= {f"modules/nodes/{name}": asset(f"boot/{name}") for name in ("boot.py", "boot.py.xz.b85")}
        if deployment.peered:
            emitted["watcher.zip"] = zipped(_watcher())
        variables = values.instance(deployment, shard, pins)
    emitted["terraform.tfvars.json"] = to_json(variables).encode()
    if contract is not None:
        emitted["contract.auto.tfvars.json"] = _contract(stack, contract)
    if state:
        key = names.state_key("deployment", deployment.name, stack)
        emitted["backend.tf.json"] = backend(state, key, shard.account.id)
    return dict(sorted(emitted.items()))


def _root(stack: str, *, private: bool = False, service: bool = False, state: StateLocation | None) -> dict[str, bytes]:
    structure: dict[str, str | bool] = {
        "stack": stack,
        "private": private,
        "service": service,
        "backend": state.backend if state else "local",
    }
    return {
        ".gitignore": asset("templates/gitignore"),
        ".terraform.lock.hcl": asset("templates/terraform.lock.hcl"),
        "README.md": rendered("README.md.j2", **structure),
        "versions.tf": rendered("versions.tf.j2", **structure),
        "providers.tf": rendered("providers.tf.j2", **structure),
        "main.tf": rendered(f"springtail/{stack}/main.tf.j2", **structure),
        "variables.tf": rendered(f"springtail/{stack}/variables.tf.j2", **structure),
        "outputs.tf": rendered(f"springtail/{stack}/outputs.tf.j2", **structure),
    }


def _watcher() -> dict[str, bytes]:
    return {path: content for path, content in asset_tree("watcher").items() if path.endswith(".py")}


def _contract(stack: str, contract: Contract) -> bytes:
    expected = ShardOutputs if stack == INSTANCE else InstanceOutputs
    if not isinstance(contract, expected) or (isinstance(contract, InstanceOutputs) and contract.public is not None):
        raise ContractError(
            f"stack {stack} was handed something else than it takes",
            cause=f"it takes {expected.__name__}{' of a private topology' if stack == LINK else ''}",
            action="this is a mistake in Planewright, not in your answers: please report it",
        )
    document = {"contract": {**contract.model_dump(mode="json"), "digest": digest_of(contract)}}
    return to_json(document).encode()


def _require_buildable(deployment: DeploymentAnswers, stack: str) -> None:
    problems: list[Problem] = []
    if deployment.topology is Topology.PRIVATE and deployment.database.vpc is None:
        problems.append(
            Problem(
                "database.vpc",
                "the private topology needs the VPC that the database lives in",
                "answer account_id, region, vpc_id and cidr",
            )
        )
    if deployment.through_service and not deployment.database.service_name:
        problems.append(
            Problem(
                "database.service_name",
                "the customer's endpoint service is not named yet",
                f"planewright handoff {deployment.name} writes what the customer makes it with; then answer its name",
            )
        )
    if stack not in stacks_of(deployment) and not problems:
        problems.append(
            Problem("topology", f"there is no stack {stack} here", f"its stacks: {', '.join(stacks_of(deployment))}")
        )
    if problems:
        raise InputError(f"cannot emit stack {stack} of {deployment.name}", tuple(problems))
