"""Who uses a shard, as the account itself tells: by tag, whatever a workspace knows or has forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wizard.aws.session import AwsSession

SHARD_TAG = "planewright:shard"
DEPLOYMENT_TAG = "planewright:deployment"
_GONE = {"shutting-down", "terminated", "deleted", "deleting"}


def deployments_on_shard(session: AwsSession, shard_name: str) -> tuple[str, ...]:
    """Name the deployments of which an instance, a VPC or an endpoint on this shard lives in the session's region."""
    filters: Any = [{"Name": f"tag:{SHARD_TAG}", "Values": [shard_name]}]
    ec2 = session.client("ec2")
    found: set[str] = set()
    with session.call(f"look for deployments on shard {shard_name}"):
        for page in ec2.get_paginator("describe_instances").paginate(Filters=filters):
            for reservation in page["Reservations"]:
                found |= set(_deployments(i for i in reservation["Instances"] if i["State"]["Name"] not in _GONE))
        for vpcs in ec2.get_paginator("describe_vpcs").paginate(Filters=filters):
            found |= set(_deployments(vpcs["Vpcs"]))
        for endpoints in ec2.get_paginator("describe_vpc_endpoints").paginate(Filters=filters):
            found |= set(_deployments(e for e in endpoints["VpcEndpoints"] if e["State"].lower() not in _GONE))
    return tuple(sorted(found))


def _deployments(resources: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Give the deployment's name of each resource; what has none is the shard's own."""
    for resource in resources:
        for tag in resource.get("Tags", []):
            if tag["Key"] == DEPLOYMENT_TAG:
                yield tag["Value"]
