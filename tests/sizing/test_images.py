"""Which image a node would boot, and what keeps a type from booting it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.test_checks import deployment
from tests.sizing.machines import plain
from wizard.blueprints.springtail.facts import Pin
from wizard.facts.compute import NO_IMAGE, NO_IMAGE_ID, NO_PARAMETER, Image, ImageFact
from wizard.sizing.images import Trouble, default_parameter, image_asks, image_problems
from wizard.sizing.roles import Node, node_of

GOOD = {"root_device": "ebs", "root_gib": 8, "virtualization": "hvm", "ena": True}
PIN = Pin(
    ami_id="ami-0aaaaaaaaaaaaaaaa",
    architecture="x86_64",
    instance_type="c6i.xlarge",
    parameter=default_parameter("x86_64"),
    resolved_at="2026-05-01T12:00:00+00:00",
)


def _node(*settings: str) -> Node:
    return node_of(deployment("public", *settings), "proxy")


def _troubles(**changes: Any) -> list[tuple[Trouble, str]]:
    image = ImageFact(**({"id": "ami-1", "state": "available", "architecture": "x86_64"} | GOOD | changes))
    found = image_problems(
        image, parameter="/p", kind=plain(), root_volume_gib=30, region="us-east-1", account="111111111111"
    )
    return [(it.trouble, it.key) for it in found]


def test_a_good_image_has_no_trouble() -> None:
    assert _troubles() == []


@pytest.mark.parametrize(
    ("changes", "trouble", "key"),
    [
        ({"state": NO_PARAMETER}, Trouble.MISSING, "ami.parameter"),
        ({"state": NO_IMAGE_ID}, Trouble.MISSING, "ami.parameter"),
        ({"state": NO_IMAGE}, Trouble.MISSING, "ami.parameter"),
        ({"state": "pending"}, Trouble.NOT_AVAILABLE, "ami.parameter"),
        ({"architecture": "arm64"}, Trouble.ARCHITECTURE, "ami.parameter"),
        ({"root_device": "instance-store"}, Trouble.UNFIT, "ami.parameter"),
        ({"virtualization": "paravirtual"}, Trouble.UNFIT, "ami.parameter"),
        ({"ena": False}, Trouble.UNFIT, "ami.parameter"),
        ({"root_gib": 31}, Trouble.UNFIT, "root_volume_gib"),
    ],
)
def test_each_trouble_is_found_by_itself(changes: dict[str, Any], trouble: Trouble, key: str) -> None:
    assert _troubles(**changes) == [(trouble, key)]


def test_without_a_pin_the_default_follows_the_type_s_architecture() -> None:
    asks = image_asks(_node(), None, "us-east-1")
    assert asks["x86_64"] == Image("us-east-1", "", default_parameter("x86_64"))
    assert asks["arm64"] == Image("us-east-1", "", default_parameter("arm64"))


def test_a_pinned_image_counts_and_not_what_the_parameter_names_by_now() -> None:
    asks = image_asks(_node(), PIN, "us-east-1")
    assert asks["x86_64"] == Image("us-east-1", PIN.ami_id, "")
    assert asks["arm64"].parameter == default_parameter("arm64")


def test_a_pin_of_another_question_counts_no_more() -> None:
    named = image_asks(_node("nodes.proxy.ami.id=ami-0bbbbbbbbbbbbbbbb"), PIN, "us-east-1")
    assert {ask.image_id for ask in named.values()} == {"ami-0bbbbbbbbbbbbbbbb"}
    followed = image_asks(_node("nodes.proxy.ami.parameter=/acme/image"), PIN, "us-east-1")
    assert {ask.parameter for ask in followed.values()} == {"/acme/image"}


def test_a_pin_of_another_architecture_counts_no_more() -> None:
    """Even where the parameter is the same: it is followed anew then."""
    pin = PIN.model_copy(update={"parameter": "/acme/image"})
    asks = image_asks(_node("nodes.proxy.ami.parameter=/acme/image"), pin, "us-east-1")
    assert asks["x86_64"] == Image("us-east-1", PIN.ami_id, "")
    assert asks["arm64"] == Image("us-east-1", "", "/acme/image")
