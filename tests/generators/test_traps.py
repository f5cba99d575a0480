"""Rules that emitted OpenTofu keeps, and traps of the reference deployment (numbered as in the facts) that it avoids."""

from __future__ import annotations

import json
import re

import pytest

from generators.springtail import deployment_files, shard_files
from tests.generators.hcl import Block, blocks, code
from tests.generators.samples import STACKS, STATE, deployment_answers, shard_answers, stack_files
from wizard.blueprints.springtail.contracts import (
    InstanceOutputs,
    LinkOutputs,
    PeeringOutput,
    PrivateOutputs,
    PublicOutputs,
    ServiceOutputs,
    ShardOutputs,
)
from wizard.contracts import Contract

EVERYTHING = {f"{stack}/{name}": data for stack in STACKS for name, data in stack_files(stack).items()}


def _resources(kind: str) -> list[Block]:
    found = list(blocks(EVERYTHING, "resource", kind))
    assert found, f"no {kind} at all: this test would prove nothing"
    return found


def _all_resources() -> list[Block]:
    return list(blocks(EVERYTHING, "resource"))


def test_the_scanner_sees_every_resource() -> None:
    written = sum(len(re.findall(r'^resource "', text, re.MULTILINE)) for text in code(EVERYTHING).values())
    assert len(_all_resources()) == written > 100


# Security


@pytest.mark.parametrize("kind", ["aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"])
def test_every_security_group_rule_says_what_it_is_for(kind: str) -> None:
    for rule in _resources(kind):
        assert rule.value("description"), rule


def test_security_group_rules_are_resources_of_their_own() -> None:
    for group in _resources("aws_security_group"):
        assert group.value("description"), group
        assert not re.search(r"^  (ingress|egress)\b", group.body, re.MULTILINE), group


def test_default_security_groups_are_closed() -> None:
    for group in _resources("aws_default_security_group"):
        assert not re.search(r"^  (ingress|egress)\b", group.body, re.MULTILINE), group
    assert len(_resources("aws_default_security_group")) == len(_resources("aws_vpc"))


def test_the_world_comes_in_nowhere() -> None:
    for rule in _resources("aws_vpc_security_group_ingress_rule"):
        assert "0.0.0.0/0" not in rule.body, rule


def test_instance_metadata_needs_a_token_and_stays_on_the_node() -> None:
    for instance in _resources("aws_instance"):
        metadata = instance.nested("metadata_options") or ""
        assert re.search(r'http_tokens\s+= "required"', metadata), instance
        assert re.search(r"http_put_response_hop_limit\s+= 1$", metadata, re.MULTILINE), instance


def test_every_disk_is_encrypted() -> None:
    for volume in _resources("aws_ebs_volume"):
        assert volume.value("encrypted") == "true", volume
    for instance in _resources("aws_instance"):
        root = instance.nested("root_block_device") or ""
        assert re.search(r"encrypted\s+= true", root), instance


def test_redis_speaks_tls_only_and_rests_encrypted() -> None:
    for group in _resources("aws_elasticache_replication_group"):
        assert group.value("transit_encryption_enabled") == "true"
        assert group.value("transit_encryption_mode") == '"required"'
        assert group.value("at_rest_encryption_enabled") == "true"


def test_nodes_have_no_public_address_and_no_key_pair() -> None:
    for instance in _resources("aws_instance"):
        assert instance.value("associate_public_ip_address") == "false", instance
        assert instance.value("key_name") is None, instance
    for subnet in _resources("aws_subnet"):
        assert subnet.value("map_public_ip_on_launch") in (None, "false"), subnet


@pytest.mark.parametrize(
    ("kind", "attribute"), [("aws_instance", "disable_api_termination"), ("aws_lb", "enable_deletion_protection")]
)
def test_deletion_protection_is_a_variable(kind: str, attribute: str) -> None:
    for resource in _resources(kind):
        value = resource.value(attribute)
        assert value is not None
        assert value.split(" && ")[0] == "var.deletion_protection", resource


def test_every_role_is_bounded_where_a_boundary_is_asked_for() -> None:
    for role in _resources("aws_iam_role"):
        assert role.value("permissions_boundary") == "var.permissions_boundary_arn", role


def test_roles_may_act_on_anything_only_where_the_action_knows_no_resource() -> None:
    for document in blocks(EVERYTHING, "data", "aws_iam_policy_document"):
        for statement in re.findall(r"^  statement \{\n(.*?)^  \}", document.body, re.MULTILINE | re.DOTALL):
            if '"*"' in statement:
                actions = set(re.findall(r'"(\w+:\w+)"', statement))
                assert actions, f"{document}: what is allowed on everything?"
                assert all(
                    action == "elasticloadbalancing:DescribeTargetHealth"
                    or (action.startswith("ec2:") and document.labels[1] == "watcher")
                    for action in actions
                ), f"{document}: {actions}"


def test_no_action_is_a_wildcard() -> None:
    for document in blocks(EVERYTHING, "data", "aws_iam_policy_document"):
        assert not re.search(r'"[\w-]+:\w*\*"', document.body), document


# Secrets


def test_secrets_are_containers_without_values() -> None:
    assert _resources("aws_secretsmanager_secret")
    forbidden = {
        "aws_secretsmanager_secret_version",
        "random_password",
        "tls_private_key",
        "aws_secretsmanager_random_password",
    }
    for resource in _all_resources() + list(blocks(EVERYTHING, "data")):
        assert resource.labels[0] not in forbidden, resource


def test_no_attribute_that_would_carry_a_secret_is_ever_set() -> None:
    for name, text in code(EVERYTHING).items():
        found = re.findall(
            r"^\s*(passwords?|auth_token|secret_string|secret_binary|\w*_wo|token)\s*=", text, re.MULTILINE
        )
        assert not found, f"{name}: {found}"


def test_no_variable_and_no_output_is_named_after_a_secrets_value() -> None:
    for block in [*blocks(EVERYTHING, "variable"), *blocks(EVERYTHING, "output")]:
        assert not re.search(r"password|token|private_key", block.labels[0]), block


def test_redis_users_are_made_switched_off() -> None:  # trap 18
    for user in _resources("aws_elasticache_user"):
        assert user.value("access_string") == '"off resetchannels -@all"', user
    names = {user.value("user_name") for user in _resources("aws_elasticache_user")}
    assert '"default"' in names, "ElastiCache's own default user would be on, with every right and no password"


def test_a_deployments_redis_user_is_held_to_its_own_keys_and_channels() -> None:  # trap 18
    text = EVERYTHING["private/instance/modules/nodes/redis_user.tf"].decode()
    granted = re.search(r"redis_access_string = join\((.*?)\]\)", text, re.DOTALL)
    assert granted
    for pattern in re.findall(r'"[~&]([^"]*)"', granted[1]):
        assert "${local.key_prefix}*" in pattern, pattern
    assert "+@all" not in granted[1]
    assert "resetchannels" in granted[1]
    assert granted[1].rindex("-@dangerous") > granted[1].rindex("+@connection"), "the later word wins"


# Traps


def test_images_and_sizes_and_user_data_are_never_ignored() -> None:  # trap 5
    ignored = {
        name.strip()
        for text in code(EVERYTHING).values()
        for names in re.findall(r"ignore_changes\s*= \[(.*?)\]", text, re.DOTALL)
        for name in names.split(",")
    }
    assert ignored == {"user_ids", "access_string", "authentication_mode", "passwords", "no_password_required", "vpc"}


def test_nothing_runs_on_the_operators_machine() -> None:  # trap 14
    for name, text in code(EVERYTHING).items():
        assert not re.search(r"provisioner|null_resource|terraform_data|data \"external\"|local_file", text), name


def test_the_only_provider_is_aws() -> None:
    for name, text in code(EVERYTHING).items():
        assert set(re.findall(r'source\s+= "([^."][^"]*)"', text)) <= {"hashicorp/aws"}, name
    assert {block.labels[0].split("_")[0] for block in _all_resources()} == {"aws"}


def test_managed_policies_are_attached_without_taking_them_from_others() -> None:  # trap 4
    assert not list(blocks(EVERYTHING, "resource", "aws_iam_policy_attachment"))
    attached = [block.value("policy_arn") or "" for block in _resources("aws_iam_role_policy_attachment")]
    assert all("AmazonSSMManagedInstanceCore" in arn for arn in attached)


def test_no_partition_is_written_down() -> None:
    for name, text in code(EVERYTHING).items():
        assert not re.search(r"arn:aws\b|amazonaws\.com\.cn|\bcom\.amazonaws\.", text), name


def test_names_that_could_collide_are_given_from_outside() -> None:  # trap 13
    named = {
        "aws_elasticache_replication_group": "replication_group_id",
        "aws_elasticache_user_group": "user_group_id",
        "aws_elasticache_user": "user_id",
        "aws_elasticache_parameter_group": "name",
        "aws_elasticache_subnet_group": "name",
        "aws_sns_topic": "name",
        "aws_lb": "name",
        "aws_lb_target_group": "name",
        "aws_lambda_function": "function_name",
        "aws_cloudwatch_event_rule": "name",
    }
    for kind, attribute in named.items():
        for resource in _resources(kind):
            assert re.fullmatch(r"var\.names\.\w+", resource.value(attribute) or ""), resource
    for kind in ("aws_security_group", "aws_cloudwatch_log_group", "aws_cloudwatch_metric_alarm"):
        for resource in _resources(kind):
            name = resource.value("name") or resource.value("alarm_name") or ""
            assert re.search(r"\$\{var\.(deployment|shard|names\.\w+)\}", name), resource


def test_two_shards_and_two_deployments_in_one_account_share_no_name() -> None:  # traps 7 and 13
    def given(owner: str, name: str) -> set[str]:
        shard = shard_answers().model_copy(update={"name": f"{name}-shard"})
        if owner == "shard":
            files = shard_files(shard, state=None)
        else:
            answers = deployment_answers(owner)
            ids = answers.identifiers.model_copy(update={"instance": name})
            answers = answers.model_copy(update={"name": name, "identifiers": ids})
            files = deployment_files(answers, shard, "instance", pins=None, contract=None, state=None)
        variables = json.loads(files["terraform.tfvars.json"])
        return {*variables["names"].values(), *variables.get("secret_names", {}).values()}

    long = "a-name-as-long-as-they-may-be-o"
    for owner in ("shard", "private", "public"):
        first, second = given(owner, f"{long}1"), given(owner, f"{long}2")
        assert first
        assert not first & second


def test_the_private_zone_is_the_proxys_own_name_once() -> None:  # traps 10 and 11
    zone = _resources("aws_route53_zone")
    # Of the database's name likewise, where the customer's endpoint service leads to it.
    assert [block.value("name") for block in zone] == ["var.proxy.host", "var.database_host"]
    assert [block.value("count") for block in zone] == ["local.has_zone ? 1 : 0", None]
    record = _resources("aws_route53_record")
    assert [(block.value("name"), block.value("type")) for block in record] == [
        ("var.proxy.host", '"A"'),
        ("var.database_host", '"A"'),
    ]
    assert all(block.nested("alias") for block in record)
    assert [block.value("for_each") for block in _resources("aws_route53_vpc_association_authorization")] == [
        "local.has_zone ? var.applications : {}"
    ]


def test_every_proxy_is_a_target() -> None:  # trap 16
    for attachment in _resources("aws_lb_target_group_attachment"):
        assert attachment.value("for_each") == "var.proxy_instance_ids", attachment
    assert not [name for name, text in code(EVERYTHING).items() if "values(module" in text or ")[0]" in text]


def test_endpoints_are_asked_for_only_where_the_zone_has_them() -> None:  # trap 15
    services = list(blocks(EVERYTHING, "data", "aws_vpc_endpoint_service"))
    watched = [block for block in services if block.labels[1] == "watcher"]
    assert watched
    for block in watched:
        assert "postcondition" in block.body
        assert "self.availability_zones" in block.body


def test_subnets_are_placed_by_zone_id() -> None:
    for subnet in _resources("aws_subnet"):
        assert subnet.value("availability_zone_id"), subnet
        assert subnet.value("availability_zone") is None, subnet


def test_every_stack_has_a_backend_that_refuses_another_account() -> None:  # trap 17
    for stack in STACKS:
        backend = json.loads(EVERYTHING[f"{stack}/backend.tf.json"])["terraform"]["backend"]["s3"]
        assert backend["allowed_account_ids"] == ["111111111111"]
        assert backend["bucket"] == STATE.bucket
        assert "allowed_account_ids = [var.account_id]" in EVERYTHING[f"{stack}/providers.tf"].decode()


def test_data_outlives_its_node() -> None:  # trap 6
    for instance in _resources("aws_instance"):
        assert instance.nested("ebs_block_device") is None, instance
    for attachment in _resources("aws_volume_attachment"):
        assert attachment.value("stop_instance_before_detaching") == "true", attachment


def test_a_new_node_is_there_before_the_old_one_goes_and_forces_that_order_on_no_path() -> None:
    """What a node depends on is made anew first, too: a load balancer could not be, beside one of the same name."""
    for instance in _resources("aws_instance"):
        assert "create_before_destroy = true" in instance.body, instance
        assert "aws_ssm_parameter" not in instance.body, instance
        assert "database_endpoint_dns" not in instance.body, instance


def test_nodes_may_read_their_package_and_nothing_else_of_s3() -> None:  # trap 2
    policy = EVERYTHING["private/instance/modules/nodes/roles.tf"].decode()
    statement = re.search(r'sid\s+= "FetchThePackage"(.*?)\}', policy, re.DOTALL)
    assert statement
    assert '["s3:GetObject"]' in statement[1]
    assert policy.count("s3:") - policy.count("s3://") - policy.count(":s3:::") == 1


def test_nodes_are_told_the_topic_and_where_redis_is() -> None:  # trap 3
    configuration = EVERYTHING["private/instance/modules/nodes/configuration.tf"].decode()
    for key in ("sns_topic_arn", "redis = {", "package "):
        assert key in configuration


def test_user_data_carries_the_program_and_a_parameters_name_only() -> None:
    template = EVERYTHING["private/instance/modules/nodes/user_data.sh.tftpl"].decode()
    assert set(re.findall(r"\$\{(\w+)\}", template)) == {"boot_program", "region", "config_parameter"}
    assert "/etc/environment" not in template  # trap 19
    for instance in _resources("aws_instance"):
        assert instance.value("user_data_replace_on_change") == "true", instance


def test_the_boot_program_cannot_end_its_own_here_document() -> None:
    program = EVERYTHING["private/instance/modules/nodes/boot.py"].decode()
    assert "PLANEWRIGHT_BOOT_PROGRAM" not in program


# For people


def test_every_variable_and_output_is_described_and_every_variable_typed() -> None:
    for block in [*blocks(EVERYTHING, "variable"), *blocks(EVERYTHING, "output")]:
        assert block.value("description"), block
    for block in blocks(EVERYTHING, "variable"):
        assert block.value("type"), block


@pytest.mark.parametrize("stack", STACKS)
def test_tfvars_hold_exactly_the_roots_variables(stack: str) -> None:
    files = {name: data for name, data in stack_files(stack).items() if "/" not in name}
    declared = {block.labels[0] for block in blocks(files, "variable")}
    optional = {block.labels[0] for block in blocks(files, "variable") if block.value("default")}
    given = set(json.loads(files["terraform.tfvars.json"])) | ({"contract"} & declared)
    assert declared - optional <= given <= declared


@pytest.mark.parametrize(
    ("stack", "contract"),
    [
        ("shard/shard", ShardOutputs),
        ("private/instance", InstanceOutputs),
        ("public/instance", InstanceOutputs),
        ("private/link", LinkOutputs),
        ("service/instance", InstanceOutputs),
        ("service/link", LinkOutputs),
    ],
)
def test_root_outputs_are_the_contract(stack: str, contract: type[Contract]) -> None:
    files = {name: data for name, data in stack_files(stack).items() if "/" not in name}
    assert {block.labels[0] for block in blocks(files, "output")} == set(contract.model_fields)


@pytest.mark.parametrize(
    ("file", "contract"),
    [
        ("private/instance/modules/private_path/outputs.tf", PrivateOutputs),
        ("service/instance/modules/service_path/outputs.tf", ServiceOutputs),
        ("public/instance/modules/public_path/outputs.tf", PublicOutputs),
    ],
)
def test_the_paths_output_is_the_contract(file: str, contract: type[Contract]) -> None:
    output = next(block for block in blocks({file: EVERYTHING[file]}, "output") if block.labels == ("path",))
    assert set(re.findall(r"^    (\w+)\s*=", output.body, re.MULTILINE)) == set(contract.model_fields)


def test_peerings_are_handed_over_whole() -> None:
    text = code(EVERYTHING)["private/instance/modules/private_path/outputs.tf"]
    found = re.search(r"database_peering = \{\n(.*?)^  \}", text, re.MULTILINE | re.DOTALL)
    assert found
    assert set(re.findall(r"^    (\w+)\s*=", found[1], re.MULTILINE)) == set(PeeringOutput.model_fields)
