"""The customer's side without a peering, as OpenTofu and CloudFormation: their service before the database, their endpoints.

Two folders and two kinds of template, because they come at two times: the service first, its name then answered, and what
joins it with what the operator has built once that is built. Nothing of one is touched by the other. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from generators.files import asset, asset_tree, rendered
from generators.handoff.commands import SECURITY_GROUP, SUBNET, quoted
from wizard.files import to_json
from wizard.handoff.model import Act, Admit, Connection, Outlet, Service, Site, Step, at

#: What OpenTofu and the templates do. CloudFormation has no resource that accepts an endpoint: that stays a command.
ACTS: Final = frozenset({Act.SERVE_DATABASE, Act.CONNECT_PROXY, Act.NAME_PROXY})
BY_TOFU: Final = ACTS | {Act.ALLOW_PRINCIPAL, Act.ACCEPT_ENDPOINT}
#: The folder of what makes the service: another state than that of all else.
SERVE: Final = "tofu-service"
ADDRESS: Final = "DATABASE_ADDRESS"


def service_of(steps: tuple[Step, ...], site: Site) -> Service | None:
    """Give the service that the customer is to make at a site."""
    return next((step.target for step in at(steps, site) if isinstance(step.target, Service)), None)


def outlets(steps: tuple[Step, ...], site: Site) -> tuple[Outlet, ...]:
    """Give the endpoints that the customer is to make at a site, one for each application."""
    found = (step.target for step in at(steps, site) if step.act is Act.CONNECT_PROXY)
    return tuple(target for target in found if isinstance(target, Outlet))


# -- OpenTofu


def serve_files(steps: tuple[Step, ...], site: Site, deployment: str) -> dict[str, bytes]:
    """Give the folder that makes the service; nothing where none is asked for."""
    service = service_of(steps, site)
    if service is None:
        return {}
    return _folder("tofu_serve", {**_common(site, deployment), "database": asdict(service)})


def tofu_files(steps: tuple[Step, ...], site: Site, deployment: str) -> dict[str, bytes]:
    """Give the folder of all else; nothing where no step of a site is PrivateLink's, or the service is still to be made."""
    here, found = at(steps, site), outlets(steps, site)
    ours = next((step.target for step in here if isinstance(step.target, Connection)), None)
    if ours is None and not found:
        return {}
    values: dict[str, Any] = {
        **_common(site, deployment),
        "applications": {
            outlet.name: {name: value for name, value in asdict(outlet).items() if name != "name"} for outlet in found
        },
    }
    if ours is not None:
        values["service"] = {"id": ours.service_id, "endpoint_id": ours.endpoint_id, "principal": ours.principal}
    for admit in (step.target for step in here if isinstance(step.target, Admit)):
        values["database"] = {"port": admit.port, "source_cidr": admit.source_cidr}
    return _folder("tofu_service", values)


def _common(site: Site, deployment: str) -> dict[str, Any]:
    return {"account_id": site.account_id, "region": site.region, "deployment": deployment}


def _folder(name: str, values: dict[str, Any]) -> dict[str, bytes]:
    emitted = {
        **asset_tree(f"templates/handoff/{name}"),
        ".gitignore": asset("templates/gitignore"),
        ".terraform.lock.hcl": asset("templates/terraform.lock.hcl"),
        "versions.tf": rendered("versions.tf.j2"),
        "terraform.tfvars.json": to_json(values).encode(),
    }
    return dict(sorted(emitted.items()))


# -- CloudFormation


def stacks(steps: tuple[Step, ...], site: Site) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give the templates of a site: the stack's own name, the asset that it is made of, and what is filled in."""
    service = service_of(steps, site)
    if service is not None:
        yield "database-service", "service.yaml.j2", {"service": service}
    for outlet in outlets(steps, site):
        yield f"application-{outlet.name}", "outlet.yaml.j2", {"outlet": outlet}


def deploy_lines(steps: tuple[Step, ...], site: Site, deployment: str, folder: str) -> Iterator[str]:
    """Give the lines that make the stacks, and that tell the service's name."""
    for name, _, values in stacks(steps, site):
        wanted = f"Name=availability-zone-id,Values={_zone(values)}"
        of = f"Name=vpc-id,Values={_vpc(values)}"
        look = ("--filters", of, wanted, "--query", "Subnets[].SubnetId", "--output", "text")
        yield quoted("aws", "ec2", "describe-subnets", "--region", site.region, *look)
        given: tuple[str, ...] = (f"Subnet={SUBNET}",)
        if "service" in values:
            given = (f"Subnets={SUBNET}", f"DatabaseAddress={ADDRESS}", f"DatabaseSecurityGroup={SECURITY_GROUP}")
        stack = ("--stack-name", stack_name(name, deployment), "--template-file", f"{folder}{name}.yaml")
        yield quoted(
            "aws", "cloudformation", "deploy", "--region", site.region, *stack, "--parameter-overrides", *given
        )
        if "service" in values:
            told = ("--query", "Stacks[0].Outputs", "--output", "text")
            of_stack = ("--stack-name", stack_name(name, deployment))
            yield quoted("aws", "cloudformation", "describe-stacks", "--region", site.region, *of_stack, *told)


def delete_lines(steps: tuple[Step, ...], site: Site, deployment: str) -> Iterator[str]:
    """Give the lines that delete the stacks."""
    for name, _, _ in stacks(steps, site):
        stack = ("--stack-name", stack_name(name, deployment))
        yield quoted("aws", "cloudformation", "delete-stack", "--region", site.region, *stack)


def stack_name(name: str, deployment: str) -> str:
    """Name a stack after the deployment."""
    return f"planewright-{deployment}-{name}"


def _zone(values: dict[str, Any]) -> str:
    target: Service | Outlet = values.get("service") or values["outlet"]
    return target.zone_id


def _vpc(values: dict[str, Any]) -> str:
    target: Service | Outlet = values.get("service") or values["outlet"]
    return target.vpc_id
