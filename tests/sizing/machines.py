"""The region's real catalogue, as AWS gave it to moto, and machines made up to measure."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from tests.checks.test_checks import deployment
from wizard.aws.facts.compute import _type
from wizard.facts.compute import EbsPerformance, InstanceTypeFact
from wizard.sizing.roles import Wish, wish_of

#: A machine that carries ingestion's shipped volumes, with nothing to spare.
PLAIN = InstanceTypeFact(
    name="x9.4xlarge",
    architectures=("x86_64",),
    vcpu=16,
    memory_mib=131072,
    hypervisor="nitro",
    bare_metal=False,
    current_generation=True,
    burstable=False,
    local=None,
    ebs=EbsPerformance(18000, 40000, 1000.0, 2000.0),
    attachments=27,
    attachment_limit="shared",
    interfaces=8,
    ena="required",
    virtualization=("hvm",),
)


@cache
def every_type() -> tuple[InstanceTypeFact, ...]:
    """Give all types that there are, through the reader's own eyes."""
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    return tuple(sorted((_type(it) for it in INSTANCE_TYPES.values()), key=lambda kind: kind.name))


def machine(name: str) -> InstanceTypeFact:
    """Give one type of the real catalogue."""
    return next(kind for kind in every_type() if kind.name == name)


def plain(**changes: Any) -> InstanceTypeFact:
    """Give the made-up machine, changed."""
    return replace(PLAIN, **changes)


def wish(*settings: str, role: str = "ingestion", architecture: str = "") -> Wish:
    """Give what the public example asks of a role, with settings changed (`nodes.ingestion.storage=nvme`)."""
    return wish_of(deployment("public", *settings), role, architecture=architecture)
