"""Which image goes with which instance type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from wizard.blueprints.springtail.facts import Architecture, Pin
from wizard.facts.compute import NO_IMAGE, NO_IMAGE_ID, NO_PARAMETER, Image, ImageFact, InstanceTypeFact
from wizard.sizing.roles import Node

#: Canonical's public parameters; the same path in every partition.
_UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/{arch}/hvm/ebs-gp3/ami-id"
_CANONICALS_NAME: dict[Architecture, str] = {"x86_64": "amd64", "arm64": "arm64"}

#: Architectures that nodes are built for, the preferred one first.
ARCHITECTURES: tuple[Architecture, ...] = ("arm64", "x86_64")


class Trouble(StrEnum):
    """What is wrong with an image."""

    MISSING = "missing"
    NOT_AVAILABLE = "not available"
    ARCHITECTURE = "architecture"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True)
class ImageProblem:
    """What is wrong, at which key below the node's (`ami.id`, `ami.parameter`, `root_volume_gib`), and the way on."""

    trouble: Trouble
    key: str
    what: str
    remedy: str


def default_parameter(architecture: Architecture) -> str:
    """Name the public parameter of Canonical's current Ubuntu 24.04 for an architecture."""
    return _UBUNTU.format(arch=_CANONICALS_NAME[architecture])


def architecture_of(kind: InstanceTypeFact) -> Architecture | None:
    """Give the architecture that a type's nodes are built for, None if none of ours."""
    return next((name for name in ARCHITECTURES if name in kind.architectures), None)


def image_asks(node: Node, pin: Pin | None, region: str) -> dict[Architecture, Image]:
    """Give what to ask for the image that a node would boot, by the architecture that its type may turn out to have.

    An image that is named counts by itself; one that a parameter names counts as it was pinned, for as long as the same
    parameter is meant.
    """
    return {name: _image_ask(node, pin, region, name) for name in ARCHITECTURES}


def _image_ask(node: Node, pin: Pin | None, region: str, architecture: Architecture) -> Image:
    if node.ami.id:
        return Image(region, node.ami.id, "")
    if pin and pin.architecture == architecture and same_question(node, pin, architecture):
        return Image(region, pin.ami_id, "")
    return Image(region, "", parameter_of(node, architecture))


def parameter_of(node: Node, architecture: Architecture) -> str:
    """Name the parameter that a node's image comes from; empty when the answers name the image itself."""
    return "" if node.ami.id else node.ami.parameter or default_parameter(architecture)


def same_question(node: Node, pin: Pin, architecture: Architecture) -> bool:
    """Whether a pin still answers what is asked for: the same image, or the same parameter."""
    if node.ami.id:
        return not pin.parameter and pin.ami_id == node.ami.id
    return pin.parameter == parameter_of(node, architecture)


def image_problems(
    image: ImageFact,
    *,
    parameter: str,
    kind: InstanceTypeFact,
    root_volume_gib: int,
    region: str,
    account: str,
) -> Iterator[ImageProblem]:
    """Give everything that keeps a type from booting an image, the graver first. `parameter` named it, if it is not empty."""
    key = "ami.parameter" if parameter else "ami.id"
    named = _named(image, parameter)
    if image.state in {NO_PARAMETER, NO_IMAGE_ID, NO_IMAGE}:
        yield _missing(image, key, parameter, region=region, account=account)
        return
    if image.state != "available":
        yield ImageProblem(
            Trouble.NOT_AVAILABLE,
            key,
            f"{named} is {image.state}",
            "wait until it is available (a disabled one: `aws ec2 enable-image`), or name another image",
        )
    own = architecture_of(kind)
    if own and image.architecture not in kind.architectures:
        yield ImageProblem(
            Trouble.ARCHITECTURE,
            key,
            f"{named} is built for {image.architecture}, {kind.name} runs {own}",
            f"name an image for {own}, or choose an instance type of {image.architecture}",
        )
    yield from _unfit(image, key, named, kind, root_volume_gib)


def _missing(image: ImageFact, key: str, parameter: str, *, region: str, account: str) -> ImageProblem:
    if image.state == NO_PARAMETER:
        what, remedy = (
            f"parameter {parameter} does not exist in {region}",
            "correct its name, or give the AMI's id (ami.id)",
        )
    elif image.state == NO_IMAGE_ID:
        what, remedy = f"parameter {parameter} does not hold an AMI's id", "name one whose value is ami-…"
    else:
        what = f"{_named(image, parameter)} does not exist in {region}, or is not shared with account {account}"
        remedy = "have its owner share it (launch permission), or copy it to this region; ids differ between regions"
    return ImageProblem(Trouble.MISSING, key, what, remedy)


def _named(image: ImageFact, parameter: str) -> str:
    return f"{image.id} (from {parameter})" if parameter else image.id


def _unfit(
    image: ImageFact, key: str, named: str, kind: InstanceTypeFact, root_volume_gib: int
) -> Iterator[ImageProblem]:
    if image.root_device != "ebs":
        yield ImageProblem(
            Trouble.UNFIT,
            key,
            f"{named} boots from {image.root_device or 'an unknown device'}",
            "name an image whose root device is EBS",
        )
    if kind.virtualization and image.virtualization not in kind.virtualization:
        yield ImageProblem(
            Trouble.UNFIT,
            key,
            f"{named} is virtualized as {image.virtualization}, {kind.name} takes {', '.join(kind.virtualization)}",
            "choose an instance type of today, or an image that fits",
        )
    if kind.ena == "required" and not image.ena:
        yield ImageProblem(
            Trouble.UNFIT,
            key,
            f"{named} is not marked as having ENA's driver, and {kind.name} has no other network adapter",
            "name an image with ENA support",
        )
    if image.root_gib > root_volume_gib:
        yield ImageProblem(
            Trouble.UNFIT,
            "root_volume_gib",
            f"{root_volume_gib} GiB; {named} needs {image.root_gib} GiB, the size of its snapshot",
            f"at least {image.root_gib} GiB",
        )
