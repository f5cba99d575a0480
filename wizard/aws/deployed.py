"""The instances of a deployment as the account has them, by tag: whatever a contract knows or an apply has left half done."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.aws.in_use import DEPLOYMENT_TAG
from wizard.aws.session import AwsSession
from wizard.sizing.roles import ROLES

#: States of an instance that is not on its way out.
_THERE = ["pending", "running", "stopping", "stopped"]


@dataclass(frozen=True, slots=True)
class DeployedNode:
    """An instance of a deployment. `key` is the contract's (`fdw-0`); two have the same one while one replaces the other."""

    key: str
    id: str
    state: str
    image_id: str
    instance_type: str


def _is_node(name: str, deployment: str) -> bool:
    """Whether an instance's name is that of a node: the deployment's, a role's and a number (`acme-prod-fdw-0`)."""
    role, _, index = name.removeprefix(f"{deployment}-").rpartition("-")
    return name.startswith(f"{deployment}-") and role in ROLES and index.isdecimal()


def deployed_nodes(session: AwsSession, deployment: str) -> tuple[DeployedNode, ...]:
    """Read a deployment's instances, in the order of their keys and, for one key, the older first.

    What carries its tag under another name is none of its nodes: a look for drift tells of that.
    """
    found = []
    ec2 = session.client("ec2")
    with session.call(f"read the nodes of {deployment}"):
        pages = ec2.get_paginator("describe_instances").paginate(
            Filters=[
                {"Name": f"tag:{DEPLOYMENT_TAG}", "Values": [deployment]},
                {"Name": "instance-state-name", "Values": _THERE},
            ]
        )
        for page in pages:
            for reservation in page["Reservations"]:
                for one in reservation["Instances"]:
                    name = {tag["Key"]: tag["Value"] for tag in one.get("Tags", [])}.get("Name", "")
                    if not _is_node(name, deployment):
                        continue
                    node = DeployedNode(
                        name.removeprefix(f"{deployment}-"),
                        one["InstanceId"],
                        one["State"]["Name"],
                        one["ImageId"],
                        one["InstanceType"],
                    )
                    found.append((node.key, one["LaunchTime"], node))
    return tuple(node for *_, node in sorted(found, key=lambda item: item[:2]))


def protected(session: AwsSession, instance_id: str) -> bool:
    """Whether AWS refuses to terminate an instance."""
    with session.call(f"read whether {instance_id} is protected"):
        answer = session.client("ec2").describe_instance_attribute(
            InstanceId=instance_id, Attribute="disableApiTermination"
        )
    return bool(answer["DisableApiTermination"].get("Value", False))
