"""The ways on from drift, decided: what is written, what a plan is asked for, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from tests.drift.drifting import DATA, PEERING, drifted, explained, volume
from tests.workspaces import with_examples
from wizard.deploy.drift import ways
from wizard.deploy.drift.looking import Look
from wizard.deploy.drift.ways import Back
from wizard.deploy.target import open_target
from wizard.drift.explain import Status
from wizard.drift.found import Way
from wizard.errors import BlockedError, InputError, UsageError
from wizard.workspace import Workspace

RULE = 'module.nodes.aws_vpc_security_group_ingress_rule.mesh["proxy"]'


def look(*changes: Any, **known: Any) -> Look:
    return Look("instance", datetime(2026, 11, 21, tzinfo=UTC), drifted=explained(*changes, **known))


def ended() -> Any:
    return drifted(PEERING, {"id": "pcx-1", "accept_status": "active"}, {"id": "pcx-1", "accept_status": "deleted"})


def test_accepting_writes_the_answer_and_keeps_what_a_person_wrote_beside_it(tmp_path: Path) -> None:
    target = open_target(Workspace(with_examples(tmp_path)), "acme-prod")
    target.place.answers.write_text("# ours since 2026\n" + target.place.answers.read_text())

    after = ways.accept(target, ways.settings_of(look(volume(iops=3100)).drifted))

    assert after.deployment.nodes.ingestion.volumes.iops == 3100
    assert open_target(target.workspace, "acme-prod").deployment.nodes.ingestion.volumes.iops == 3100
    assert target.place.answers.read_text().startswith("# ours since 2026\n")


def test_one_answer_cannot_say_two_things() -> None:
    other = drifted(
        'module.nodes.aws_ebs_volume.data["data-2"]', {"id": "vol-2", "iops": 3000}, {"id": "vol-2", "iops": 5000}
    )

    with pytest.raises(InputError, match="cannot say both"):
        ways.settings_of(look(volume(iops=4000), other).drifted)


def test_what_is_put_back_is_the_whole_stack_or_what_is_named() -> None:
    found = look(volume(iops=4000), drifted(RULE, {"id": "sgr-1"}, None))

    assert ways.back_of(found, None, []) is None
    assert ways.back_of(found, [], []) == Back()
    assert ways.back_of(found, [DATA], []) == Back(targets=(DATA,))
    assert ways.back_of(found, None, [(RULE, "sgr-2")]) == Back((RULE,), (), ((RULE, "sgr-2"),), (RULE,))
    assert ways.back_of(found, [], [(RULE, "sgr-2")]) == Back((), (), ((RULE, "sgr-2"),), (RULE,)), (
        "nothing is left out"
    )
    assert ways.back_of(found, None, [("aws_eip.new", "eipalloc-1")]) == Back(
        ("aws_eip.new",), (), (("aws_eip.new", "eipalloc-1"),)
    )
    with pytest.raises(UsageError, match="has not drifted"):
        ways.back_of(found, ["module.nodes.aws_instance.ingestion"], [])


def test_what_cannot_go_a_way_is_refused_with_the_command_that_does_it() -> None:
    rule = {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["203.0.113.7/32"]}
    by_hand = drifted(
        "module.nodes.aws_security_group.x", {"id": "sg-1", "ingress": []}, {"id": "sg-1", "ingress": [rule]}
    )
    found = look(drifted(RULE, {"id": "sgr-1"}, None), by_hand)

    with pytest.raises(UsageError, match="cannot be accepted"):
        ways.chosen(found, [RULE], Way.ACCEPT)
    with pytest.raises(UsageError, match="cannot be put back by a plan") as refused:
        ways.back_of(found, ["module.nodes.aws_security_group.x"], [])
    assert "revoke-security-group-ingress" in refused.value.action


def test_a_dead_peering_is_made_anew_and_what_hangs_on_it_comes_along() -> None:
    found = look(ended(), volume(iops=4000), peerings={"pcx-1": Status("deleted")})

    assert ways.back_of(found, [PEERING], []) == Back(replace=(PEERING,)), (
        "no targets: its routes are none of its needs"
    )


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (f"{DATA}=vol-0123456789abcdef0", (DATA, "vol-0123456789abcdef0")),
        ("module.a.aws_instance.fdw[0]=i-1", ("module.a.aws_instance.fdw[0]", "i-1")),
        ('aws_route.r["a=b"]=rtb-1_10.0.0.0/16', ('aws_route.r["a=b"]', "rtb-1_10.0.0.0/16")),
        ("aws_iam_role.x=arn:aws:iam::1:role/a=b", ("aws_iam_role.x", "arn:aws:iam::1:role/a=b")),
    ],
)
def test_an_import_names_an_address_and_an_id(text: str, read: tuple[str, str]) -> None:
    assert ways.import_of(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "vol-1",
        "aws_instance.x=",
        'aws_instance.x=a" }\nresource "x" "y" {',
        "aws_instance.x=${file(1)}",
        'aws_instance.x["${1}"]=i-1',
        "aws_instance.x}\nlocals{=i-1",
    ],
)
def test_what_was_typed_never_becomes_code(text: str) -> None:
    with pytest.raises(UsageError, match="ADDRESS=ID"):
        ways.import_of(text)


class Planned:
    """A plan that would change these addresses."""

    def __init__(self, *addresses: str) -> None:
        changes = tuple(drifted(address, {"a": 1}, {"a": 2}) for address in addresses)
        self.plan = type("Plan", (), {"view": type("View", (), {"acting": changes})})


def test_the_state_takes_in_only_what_the_next_apply_leaves_alone() -> None:
    tags = {"Name": "data-1", "team": "data"}
    tagged = look(volume(tags=tags)).drifted
    with pytest.raises(BlockedError, match="into the state alone") as refused:
        ways.require_lasting(tagged, lambda: cast("Any", Planned(DATA)))
    assert "would put it back" in refused.value.cause
    ways.require_lasting(tagged, lambda: cast("Any", Planned("module.nodes.aws_instance.ingestion")))

    def never() -> Any:
        raise AssertionError("what the code does not hold needs no plan to tell")

    rule = {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["203.0.113.7/32"]}
    group = drifted(
        "module.nodes.aws_security_group.x", {"id": "sg-1", "ingress": []}, {"id": "sg-1", "ingress": [rule]}
    )
    ways.require_lasting(look(group).drifted, never)
