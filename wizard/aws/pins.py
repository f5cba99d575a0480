"""Which image each role boots: resolved once, pinned, and kept until somebody asks for newer ones.

A pin is kept for as long as its question has the same answer (the AMI's id, or the parameter and the instance type's
architecture): a new image upstream never replaces a node unasked, and a bigger instance does not change its system.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession
from wizard.blueprints.springtail.answers import DeploymentAnswers, FdwNode, IngestionNode, ProxyNode
from wizard.blueprints.springtail.facts import Architecture, Pin, Pins
from wizard.errors import InputError, Problem

ROLES = ("ingestion", "proxy", "fdw")
#: Canonical's public parameters; the same path in every partition.
_UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/{arch}/hvm/ebs-gp3/ami-id"
_CANONICALS_NAME: dict[Architecture, str] = {"x86_64": "amd64", "arm64": "arm64"}

Node = IngestionNode | ProxyNode | FdwNode


class _WrongError(Exception):
    def __init__(self, key: str, what: str, remedy: str) -> None:
        super().__init__(what)
        self.key, self.what, self.remedy = key, what, remedy


def default_parameter(architecture: Architecture) -> str:
    """Name the public parameter of Canonical's current Ubuntu 24.04 for an architecture."""
    return _UBUNTU.format(arch=_CANONICALS_NAME[architecture])


def resolve_pins(
    session: AwsSession,
    deployment: DeploymentAnswers,
    previous: Pins | None,
    *,
    refresh: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Pins:
    """Give each role's image. Raises InputError with every answer that does not fit what AWS has.

    Nothing is asked of AWS for a role whose answers are those that `previous` was resolved from, unless `refresh`.
    """
    pins: dict[str, Pin] = {}
    problems: list[Problem] = []
    for role in ROLES:
        node: Node = getattr(deployment.nodes, role)
        old: Pin | None = getattr(previous, role) if previous else None
        try:
            pins[role] = _pin(session, node, old, refresh=refresh, now=now)
        except _WrongError as wrong:
            problems.append(Problem(f"nodes.{role}.{wrong.key}", wrong.what, wrong.remedy))
    if problems:
        raise InputError("no image fits these answers", tuple(problems))
    return Pins(**pins)


def _pin(session: AwsSession, node: Node, old: Pin | None, *, refresh: bool, now: Callable[[], datetime]) -> Pin:
    if old and not refresh and old.instance_type == node.instance_type and _same_question(node, old, old.architecture):
        return old
    architecture = _architecture(session, node.instance_type)
    if old and not refresh and old.architecture == architecture and _same_question(node, old, architecture):
        return old.model_copy(update={"instance_type": node.instance_type})
    parameter = "" if node.ami.id else node.ami.parameter or default_parameter(architecture)
    ami = node.ami.id or _from_parameter(session, parameter)
    _require_fit(session, ami, architecture, node, parameter)
    return Pin(
        ami_id=ami,
        architecture=architecture,
        instance_type=node.instance_type,
        parameter=parameter,
        resolved_at=now().astimezone(UTC).isoformat(timespec="seconds"),
    )


def _same_question(node: Node, old: Pin, architecture: Architecture) -> bool:
    if node.ami.id:
        return not old.parameter and old.ami_id == node.ami.id
    return old.parameter == (node.ami.parameter or default_parameter(architecture))


def _architecture(session: AwsSession, instance_type: str) -> Architecture:
    with session.call(f"read instance type {instance_type}"):
        try:
            found = session.client("ec2").describe_instance_types(InstanceTypes=[instance_type])["InstanceTypes"]  # type: ignore[list-item]
        except ClientError as error:
            if error_code(error) not in {"InvalidInstanceType", "InvalidParameterValue"}:
                raise
            found = []
    if not found:
        raise _WrongError(
            "instance_type",
            f"there is no {instance_type} in {session.region}",
            f"`aws ec2 describe-instance-type-offerings --region {session.region}` lists those that there are",
        )
    supported = {str(name) for name in found[0].get("ProcessorInfo", {}).get("SupportedArchitectures", [])}
    if "arm64" in supported:
        return "arm64"
    if "x86_64" in supported:
        return "x86_64"
    raise _WrongError(
        "instance_type",
        f"{instance_type} runs {', '.join(sorted(supported)) or 'no known architecture'}",
        "choose a type of x86_64 or arm64",
    )


def _from_parameter(session: AwsSession, parameter: str) -> str:
    with session.call(f"read the AMI that {parameter} names"):
        try:
            value = session.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
        except ClientError as error:
            if error_code(error) == "ParameterNotFound":
                raise _WrongError(
                    "ami.parameter",
                    f"parameter {parameter} does not exist in {session.region}",
                    "correct its name, or give the AMI's id instead (ami.id)",
                ) from None
            raise
    if not value.startswith("ami-"):
        raise _WrongError(
            "ami.parameter", f"parameter {parameter} does not hold an AMI's id", "name one whose value is ami-…"
        )
    return value


def _require_fit(session: AwsSession, ami: str, architecture: Architecture, node: Node, parameter: str) -> None:
    key = "ami.parameter" if parameter else "ami.id"
    named = f"{ami} (from {parameter})" if parameter else ami
    with session.call(f"read image {ami}"):
        try:
            images = session.client("ec2").describe_images(ImageIds=[ami])["Images"]
        except ClientError as error:
            if error_code(error) not in {"InvalidAMIID.NotFound", "InvalidAMIID.Malformed", "InvalidAMIID.Unavailable"}:
                raise
            images = []
    if not images:
        raise _WrongError(
            key,
            f"{named} does not exist in {session.region}, or is not shared with account {session.account.id}",
            "have its owner share it (launch permission), or copy it to this region; ids differ between regions",
        )
    image = images[0]
    if image.get("State") != "available":
        raise _WrongError(key, f"{named} is {image.get('State')}", "wait until it is available, or name another image")
    if image.get("Architecture") != architecture:
        raise _WrongError(
            key,
            f"{named} is built for {image.get('Architecture')}, {node.instance_type} runs {architecture}",
            f"name an image for {architecture}, or choose an instance type of {image.get('Architecture')}",
        )
