"""Whose a resource is, by the tags that every stack puts on all that it makes (template `providers`)."""

from __future__ import annotations

from enum import Enum

SHARD_TAG = "planewright:shard"
DEPLOYMENT_TAG = "planewright:deployment"


class Whose(Enum):
    """The shard's that is checked, the deployment's that is checked, another one's of Planewright, or anybody's."""

    SHARD = "shard"
    DEPLOYMENT = "deployment"
    PLANEWRIGHT = "planewright"
    FOREIGN = "foreign"


def whose(tags: tuple[tuple[str, str], ...], *, shard: str, deployment: str) -> Whose:
    """Tell whose a resource with these tags is. `deployment` is empty where a shard is looked at by itself."""
    found = dict(tags)
    if found.get(SHARD_TAG) == shard:
        if DEPLOYMENT_TAG not in found:
            return Whose.SHARD
        if found[DEPLOYMENT_TAG] == deployment:
            return Whose.DEPLOYMENT
    return Whose.PLANEWRIGHT if SHARD_TAG in found or DEPLOYMENT_TAG in found else Whose.FOREIGN
