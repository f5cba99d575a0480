"""Extend moto, once per process."""

from __future__ import annotations

import threading
from typing import Final

_lock = threading.Lock()
_done: Final[list[bool]] = []


def install() -> None:
    """Apply every extension; a second call does nothing. RehearsalError when moto is not as expected."""
    with _lock:
        if _done:
            return
        _install()
        _done.append(True)


def _install() -> None:
    from wizard.rehearsal.embedded import accounts, gate, settings
    from wizard.rehearsal.embedded.services import (
        cloudformation,
        cloudtrail,
        ec2_addresses,
        ec2_endpoints,
        ec2_groups,
        ec2_instances,
        ec2_network,
        ec2_peering,
        ec2_regions,
        ec2_volumes,
        ec2_zones,
        elasticache,
        elbv2,
        iam,
        images,
        instance_types,
        quotas,
        rds,
        route53,
        s3,
        secrets,
        ssm,
    )

    foundation = (settings, accounts)
    network = (ec2_addresses, ec2_endpoints, ec2_groups, ec2_network, ec2_peering, ec2_regions, ec2_zones)
    compute = (ec2_instances, ec2_volumes, images, instance_types)
    services = (cloudformation, cloudtrail, elasticache, elbv2, iam, quotas, rds, route53, s3, secrets, ssm)
    for extension in (*foundation, *network, *compute, *services, gate):  # the gate is the outermost
        extension.install()
