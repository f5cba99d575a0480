"""OpenTofu for the customer's side: the same code for everybody, and one file of values."""

from __future__ import annotations

import re
from typing import Any, Final

from generators.files import asset, asset_tree, rendered
from generators.handoff import privatelink
from generators.handoff.groups import Groups, groups
from wizard.files import to_json
from wizard.handoff.model import Act, Site, Step

#: What it does. Parameters and a restart belong to whatever code has the database.
COVERS: Final = (
    frozenset({Act.ACCEPT_PEERING, Act.ALLOW_DNS, Act.ADD_ROUTES, Act.ADMIT_PORT, Act.ASSOCIATE_ZONE})
    | privatelink.BY_TOFU
)
# A cluster's writer has cluster- before its hash; readers, custom endpoints and proxies have more than that.
_RDS: Final = re.compile(
    r"(?P<id>[a-z][a-z0-9-]*)\.(?P<cluster>cluster-)?[a-z0-9]+\."
    r"(?:[a-z0-9-]+\.rds\.amazonaws\.com|rds\.[a-z0-9-]+\.amazonaws\.com\.cn)\.?"
)


def files(steps: tuple[Step, ...], site: Site, deployment: str) -> dict[str, bytes]:
    """Give the folder of one account and region; nothing where no step there is one that OpenTofu does."""
    if linked := privatelink.tofu_files(steps, site, deployment):
        return linked
    here = groups(steps, site)
    if here == Groups((), (), here.rules, ()):
        return {}
    if here == Groups((), (), (), ()):
        return {}
    emitted = {
        **asset_tree("templates/handoff/tofu"),
        ".gitignore": asset("templates/gitignore"),
        ".terraform.lock.hcl": asset("templates/terraform.lock.hcl"),
        "versions.tf": rendered("versions.tf.j2"),
        "terraform.tfvars.json": to_json(_values(here, site, deployment)).encode(),
    }
    return dict(sorted(emitted.items()))


def rds_names(host: str) -> dict[str, str]:
    """Give what RDS knows the database of a name by; nothing where the name is not of RDS's own making."""
    found = _RDS.fullmatch(host.lower())
    return {"rds_cluster" if found["cluster"] else "rds_instance": found["id"]} if found else {}


def _values(here: Groups, site: Site, deployment: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "account_id": site.account_id,
        "region": site.region,
        "deployment": deployment,
        "peerings": {
            accepted.name: {"id": accepted.peering.id, "allow_dns": accepted.allow_dns} for accepted in here.peerings
        },
        "routes": {
            route.name: {
                "vpc_id": route.vpc_id,
                "destination": route.destination,
                "peering_id": route.peering_id,
                "of_database": bool(rds_names(route.host)),
            }
            for route in here.routes
        },
        "zones": {
            name: {"zone_id": zone.zone_id, "vpc_id": zone.vpc_id, "region": zone.region} for name, zone in here.zones
        },
    }
    for _, admit in here.rules:
        values["database"] = {
            "port": admit.port,
            "source_cidr": admit.source_cidr,
            **rds_names(admit.host),
        }
    return values
