"""Which image each role boots: resolved once, pinned, and kept until somebody asks for newer ones.

A pin is kept for as long as its question has the same answer (the AMI's id, or the parameter and the instance type's
architecture): a new image upstream never replaces a node unasked, and a bigger instance does not change its system.
Nodes that stand apart from their role in the middle of an upgrade are kept as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from wizard.aws.facts.compute import image as read_image
from wizard.aws.facts.compute import instance_types
from wizard.aws.session import AwsSession
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.blueprints.springtail.facts import Architecture, Pin, Pins
from wizard.errors import InputError, Problem
from wizard.facts.compute import Image, InstanceTypeFact, InstanceTypes
from wizard.sizing.images import Trouble, architecture_of, image_problems, parameter_of, same_question
from wizard.sizing.roles import ROLES, Node, node_of


class _WrongError(Exception):
    def __init__(self, key: str, what: str, remedy: str) -> None:
        super().__init__(what)
        self.key, self.what, self.remedy = key, what, remedy


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
        node = node_of(deployment, role)
        old: Pin | None = getattr(previous, role) if previous else None
        try:
            pins[role] = _pin(session, node, old, refresh=refresh, now=now)
        except _WrongError as wrong:
            problems.append(Problem(f"nodes.{role}.{wrong.key}", wrong.what, wrong.remedy))
    if problems:
        raise InputError("no image fits these answers", tuple(problems))
    return Pins(**pins, nodes=previous.nodes if previous else {})


def _pin(session: AwsSession, node: Node, old: Pin | None, *, refresh: bool, now: Callable[[], datetime]) -> Pin:
    if old and not refresh and old.instance_type == node.instance_type and same_question(node, old, old.architecture):
        return old
    kind, architecture = _kind(session, node.instance_type)
    if old and not refresh and old.architecture == architecture and same_question(node, old, architecture):
        return old.model_copy(update={"instance_type": node.instance_type})
    parameter = parameter_of(node, architecture)
    return Pin(
        ami_id=_image_id(session, node, kind, parameter),
        architecture=architecture,
        instance_type=node.instance_type,
        parameter=parameter,
        resolved_at=now().astimezone(UTC).isoformat(timespec="seconds"),
    )


def _kind(session: AwsSession, instance_type: str) -> tuple[InstanceTypeFact, Architecture]:
    with session.call(f"read instance type {instance_type}"):
        found = instance_types(session, InstanceTypes(session.region, (instance_type,)))
    if not found:
        raise _WrongError(
            "instance_type",
            f"there is no {instance_type} in {session.region}",
            f"`aws ec2 describe-instance-type-offerings --region {session.region}` lists those that there are",
        )
    architecture = architecture_of(found[0])
    if architecture is None:
        raise _WrongError(
            "instance_type",
            f"{instance_type} runs {', '.join(found[0].architectures) or 'no known architecture'}",
            "choose a type of x86_64 or arm64",
        )
    return found[0], architecture


def _image_id(session: AwsSession, node: Node, kind: InstanceTypeFact, parameter: str) -> str:
    with session.call(f"read image {node.ami.id or f'that {parameter} names'}"):
        image = read_image(session, Image(session.region, node.ami.id or "", parameter))
    problems = image_problems(
        image,
        parameter=parameter,
        kind=kind,
        root_volume_gib=node.root_volume_gib,
        region=session.region,
        account=session.account.id,
    )
    for problem in problems:
        # What else may be unfit about it is for `planewright check` to say, and for a person to judge.
        if problem.trouble is not Trouble.UNFIT:
            raise _WrongError(problem.key, problem.what, problem.remedy)
    return image.id
