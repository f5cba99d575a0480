"""By what each type is known in AWS, which of what AWS has is which address, and when a rebuild may not be carried out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import assets
from wizard.aws.findable import READERS
from wizard.changes.change import Change, read_changes
from wizard.deploy.state.mending import mended
from wizard.drift.known_by import RULES, Candidate
from wizard.drift.taking_in import Place, Standing, Wanted, all_placed, id_of, placed, refusal, wanted

OWN = {"planewright:shard": "use1-a", "planewright:deployment": "acme", "Name": "acme-data-0"}


def volume(address: str = "aws_ebs_volume.data", name: str = "acme-data-0") -> Wanted:
    return Wanted(address, "aws_ebs_volume", {"availability_zone": "us-east-1b"}, {**OWN, "Name": name})


def disk(id_: str, **tags: str) -> Candidate:
    return Candidate({"id": id_, "availability_zone": "us-east-1b"}, {**OWN, **tags})


def change(
    address: str, actions: list[str], *, replaced: tuple[str, ...] = (), imported: str = "", **after: Any
) -> Change:
    unknown = {key: True for key, value in after.items() if value is ...}
    entry = {
        "address": address,
        "type": address.split(".")[-2],
        "change": {
            "actions": actions,
            "before": dict.fromkeys(replaced, "before") or None,
            "after": {key: value for key, value in after.items() if value is not ...},
            "after_unknown": unknown,
            "replace_paths": [[key] for key in replaced],
            "importing": {"id": imported} if imported else None,
        },
    }
    return next(iter(read_changes([entry])))


def emitted() -> set[str]:
    code = "".join(path.read_text() for path in (Path(assets.__file__).parent / "modules").rglob("*.tf"))
    return set(re.findall(r'^resource "(\w+)"', code, re.MULTILINE))


def test_each_type_that_a_stack_emits_is_known_by_something_and_can_be_looked_for() -> None:
    assert len(emitted()) > 40
    assert emitted() <= RULES.keys()
    assert {type_ for type_, rule in RULES.items() if not rule.never} == READERS.keys()


@pytest.mark.parametrize(
    ("type_", "facts", "id_"),
    [
        ("aws_route", {"route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0"}, "rtb-1_0.0.0.0/0"),
        ("aws_route_table_association", {"subnet_id": "subnet-1", "route_table_id": "rtb-1"}, "subnet-1/rtb-1"),
        (
            "aws_volume_attachment",
            {"device_name": "/dev/sdf", "volume_id": "vol-1", "instance_id": "i-1"},
            "/dev/sdf:vol-1:i-1",
        ),
        ("aws_iam_role_policy", {"role": "acme-fdw", "name": "node"}, "acme-fdw:node"),
        (
            "aws_iam_role_policy_attachment",
            {"role": "r", "policy_arn": "arn:aws:iam::aws:policy/P"},
            "r/arn:aws:iam::aws:policy/P",
        ),
        ("aws_elasticache_user_group_association", {"user_group_id": "users", "user_id": "acme"}, "users,acme"),
        ("aws_lambda_permission", {"function_name": "watch", "statement_id": "schedule"}, "watch/schedule"),
        ("aws_cloudwatch_event_target", {"rule": "watch", "target_id": "terraform-1", "arn": "a"}, "watch/terraform-1"),
        ("aws_route53_record", {"zone_id": "Z1", "name": "db.acme.example", "type": "A"}, "Z1_db.acme.example_A"),
        ("aws_route53_vpc_association_authorization", {"zone_id": "Z1", "vpc_id": "vpc-1"}, "Z1:vpc-1"),
        ("aws_lb_listener", {"arn": "arn:listener", "load_balancer_arn": "arn:lb", "port": "5432"}, "arn:listener"),
        ("aws_secretsmanager_secret", {"arn": "arn:secret-x1", "name": "acme/db"}, "arn:secret-x1"),
    ],
)
def test_an_id_is_spelled_as_the_provider_imports_it(type_: str, facts: dict[str, str], id_: str) -> None:
    assert id_of(type_, Candidate(facts)) == id_
    one = Wanted("a", type_, {key: facts[key] for key in RULES[type_].by}, OWN)
    assert placed(one, [Candidate(facts, OWN)]) == Place("a", type_, Standing.FOUND, id=id_)


def test_a_plan_says_what_is_to_be_looked_for_and_what_cannot_be_yet() -> None:
    planned = [
        change("module.nodes.aws_route.out", ["create"], route_table_id=..., destination_cidr_block="0.0.0.0/0"),
        change("aws_lb_listener.proxy", ["create"], load_balancer_arn="arn:lb", port=5432),
        change("aws_vpc.this", ["no-op"], cidr_block="10.0.0.0/16"),
        change(
            "aws_sns_topic.events", ["create"], name="t", tags_all={"planewright:shard": "a", "cost": "7", "Name": "n"}
        ),
    ]

    route, listener, topic = wanted(planned)

    assert not route.ready
    assert placed(route, []).standing is Standing.UNKNOWN
    assert listener.ready
    assert listener.values == {"load_balancer_arn": "arn:lb", "port": "5432"}
    assert topic.tags == {"planewright:shard": "a", "Name": "n"}, "anybody may have changed the others"


def test_a_volume_is_known_by_its_tags_alone_and_another_ones_never_taken() -> None:
    others = [disk("vol-2", Name="acme-data-1"), disk("vol-3", **{"planewright:deployment": "other"})]

    assert placed(volume(), [*others, disk("vol-1")]).id == "vol-1"
    assert placed(volume(), others).standing is Standing.MISSING
    elsewhere = Candidate({"id": "vol-4", "availability_zone": "us-east-1c"}, OWN)
    assert placed(volume(), [elsewhere]).standing is Standing.MISSING
    assert placed(Wanted("a", "aws_ebs_volume"), [Candidate({"id": "vol-5"}, {})]).standing is Standing.MISSING


def test_of_several_that_fit_the_operator_chooses() -> None:
    found = placed(volume(), [disk("vol-1"), disk("vol-2")])

    assert (found.standing, found.others) == (Standing.CHOOSE, ("vol-1", "vol-2"))
    one, two = all_placed([volume("a"), volume("b")], {"aws_ebs_volume": [disk("vol-1")]})
    assert {one.standing, two.standing} == {Standing.CHOOSE}, "one thing is not two addresses'"


def test_what_bears_our_name_without_our_tags_is_taken_on_somebodys_word_alone() -> None:
    role = Wanted("aws_iam_role.node", "aws_iam_role", {"name": "acme-fdw"}, {"planewright:deployment": "acme"})

    found = placed(role, [Candidate({"name": "acme-fdw"}, {"planewright:deployment": "other"})])

    assert (found.standing, found.others) == (Standing.CHOOSE, ("acme-fdw",))
    assert "tags" in found.why


NODE = {**OWN, "planewright:role": "fdw"}


def node(address: str, name: str) -> Wanted:
    return Wanted(address, "aws_instance", {}, {**NODE, "Name": name})


def machine(id_: str, **tags: str) -> Candidate:
    return Candidate({"id": id_}, {**NODE, **tags})


def test_a_node_whose_name_somebody_edited_is_asked_about_and_never_made_a_second_time() -> None:
    wanted_ = [node("aws_instance.fdw[0]", "acme-fdw-0"), node("aws_instance.fdw[1]", "acme-fdw-1")]
    there = {
        "aws_instance": [
            machine("i-0", Name="acme-fdw-0"),
            machine("i-1", Name="do not touch"),
            machine("i-2", **{"planewright:role": "proxy"}),
        ]
    }

    first, second = all_placed(wanted_, there)
    (later,) = all_placed(wanted_[1:], there, claimed={("aws_instance", "i-0")})

    assert (first.standing, first.id) == (Standing.FOUND, "i-0")
    assert (second.standing, second.others, second.why) == (Standing.CHOOSE, ("i-1",), "it bears another name")
    assert later == second, "what the plan before has imported is the other's still"
    gone = {"aws_instance": there["aws_instance"][:1]}
    assert all_placed(wanted_[1:], gone, claimed={("aws_instance", "i-0")})[0].standing is Standing.MISSING
    nameless = {"aws_instance": [Candidate({"id": "i-1"}, {**NODE, "Name": ""}), Candidate({"id": "i-9"}, {})]}
    assert all_placed(wanted_[1:], nameless)[0].others == ("i-1",), "what carries none of our tags is somebody else's"


def test_what_is_to_be_made_anew_is_looked_for_nowhere_though_a_sibling_is() -> None:
    gone, kept = all_placed(
        [volume("a"), volume("b", "acme-data-1")],
        {"aws_ebs_volume": [disk("vol-1"), disk("vol-2", Name="acme-data-1")]},
        anew=["a"],
    )

    assert (gone.standing, gone.id, gone.others) == (Standing.MISSING, "", ())
    assert (kept.standing, kept.id) == (Standing.FOUND, "vol-2")


FOUND = Place("aws_vpc.this", "aws_vpc", Standing.FOUND, id="vpc-1")
GONE = Place("aws_ebs_volume.data", "aws_ebs_volume", Standing.MISSING)


def test_a_plan_that_would_replace_or_destroy_what_is_there_is_refused_with_what_forces_it() -> None:
    kept = change("aws_instance.fdw", ["update"], ami="ami-2")
    replaced = change("aws_instance.fdw", ["delete", "create"], replaced=("ami",), ami="ami-2")

    assert refusal([FOUND], [kept]) == ""
    assert "replace aws_instance.fdw because of ami" in refusal([FOUND], [replaced])
    assert "delete aws_vpc.this" in refusal([FOUND], [change("aws_vpc.this", ["delete"])])


def test_an_empty_volume_in_the_place_of_one_that_was_not_found_takes_the_operators_word() -> None:
    assert "aws_ebs_volume.data" in refusal([FOUND, GONE], [])
    assert refusal([FOUND, GONE], [], [GONE.address]) == ""
    attachment = Place("aws_lb_target_group_attachment.proxy[0]", "aws_lb_target_group_attachment", Standing.NEVER)
    assert refusal([FOUND, attachment], []) == "", "made again it is as it was"


def test_a_new_node_in_the_place_of_one_with_disks_of_its_own_takes_the_operators_word() -> None:
    tags = {"Name": "acme-ingestion-0", "planewright:role": "ingestion", "planewright:storage": "nvme"}
    own, other = wanted(
        [
            change("aws_instance.nvme", ["create"], tags=tags),
            change("aws_instance.ebs", ["create"], tags={**tags, "planewright:storage": ""}),
        ]
    )
    on_nvme, on_ebs = placed(own, []), placed(other, [])

    assert on_nvme.holds_data
    assert "aws_instance.nvme" in refusal([FOUND, on_nvme], [])
    assert refusal([FOUND, on_nvme], [], ["aws_instance.nvme"]) == ""
    assert refusal([FOUND, on_ebs], []) == ""
    assert all_placed([own], {}, anew=[own.address])[0].holds_data, "and it is shown as an empty one"


def test_one_thing_is_never_imported_as_two() -> None:
    twice = [
        change("aws_ebs_volume.data[0]", ["no-op"], imported="vol-b"),
        change("aws_ebs_volume.data[1]", ["no-op"], imported="vol-b"),
        change("aws_vpc.this", ["no-op"], imported="vpc-1"),
    ]

    assert "vol-b: aws_ebs_volume.data[0] and aws_ebs_volume.data[1]" in refusal([FOUND], twice)
    assert refusal([FOUND], twice[1:]) == ""
    options = change("aws_vpc_peering_connection_options.x", ["no-op"], imported="pcx-1")
    assert refusal([FOUND], [options, change("aws_vpc_peering_connection.x", ["no-op"], imported="pcx-1")]) == ""


def test_what_was_not_decided_and_what_was_never_there_is_no_rebuild() -> None:
    choose = Place("aws_vpc.this", "aws_vpc", Standing.CHOOSE, others=("vpc-1", "vpc-2"))

    assert "aws_vpc.this: vpc-1 or vpc-2" in refusal([FOUND, choose], [])
    assert "AWS has nothing of it" in refusal([GONE], [], [GONE.address])


def test_a_parameters_text_is_put_where_the_code_sets_it_and_nothing_else_is_touched() -> None:
    def parameter(name: str, **attributes: Any) -> dict[str, Any]:
        attributes = {"name": f"/planewright/acme/{name}", "type": "String", **attributes}
        return {"mode": "managed", "type": "aws_ssm_parameter", "name": name, "instances": [{"attributes": attributes}]}

    state = {
        "version": 4,
        "serial": 3,
        "lineage": "l",
        "resources": [
            parameter("imported", value="text", insecure_value=None),
            parameter("made", value="text", insecure_value="text"),
            parameter("secret", value="kept", insecure_value=None, type="SecureString"),
        ],
    }

    content, names = mended(json.dumps(state).encode())

    assert names == ("/planewright/acme/imported",)
    after = json.loads(content)
    assert after["serial"] == 4
    texts = [item["instances"][0]["attributes"]["insecure_value"] for item in after["resources"]]
    assert texts == ["text", "text", None]
    assert after["resources"][0]["instances"][0]["attributes"]["value"] is None
    assert mended(content) == (content, ()), "there is nothing left to be done"


@pytest.mark.parametrize(
    "odd",
    [
        {"mode": "data", "type": "aws_ssm_parameter", "name": "ami"},
        {"mode": "managed", "type": "aws_ssm_parameter", "name": "none", "instances": None},
        {
            "mode": "managed",
            "type": "aws_ssm_parameter",
            "name": "flat",
            "instances": [{"attributes_flat": {"id": "a"}}],
        },
        {"mode": "managed", "type": "aws_ssm_parameter", "name": "list", "instances": [{"attributes": ["a"]}]},
        {"mode": "data", "name": "typeless", "instances": [{"attributes": {}}]},
        {
            "mode": "data",
            "type": "aws_ssm_parameter",
            "name": "read",
            "instances": [{"attributes": {"name": "/ami", "type": "String", "value": "ami-1"}}],
        },
    ],
)
def test_a_state_that_is_oddly_written_is_passed_over_and_what_it_only_reads_is_left(odd: dict[str, Any]) -> None:
    state = json.dumps({"version": 4, "serial": 3, "lineage": "l", "resources": [odd]}).encode()

    assert mended(state) == (state, ())
