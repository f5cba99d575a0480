"""Which course an object has."""

from __future__ import annotations

from wizard.deploy.target import Target
from wizard.deploy.upgrading.course import Course
from wizard.errors import InputError


def course_of(target: Target) -> Course:
    """Give the upgrades of a deployment. Raises InputError for a shard, whose one stack is changed by a single apply."""
    if target.place.kind == "shard":
        raise InputError(
            f"{target.name} is a shard: it has no steps",
            cause="its stack is one, and each change of it a single apply",
            action=f"planewright plan {target.name} shows what an apply would change, each change with its class",
        )
    from wizard.deploy.upgrading.springtail import SpringtailCourse

    return SpringtailCourse()
