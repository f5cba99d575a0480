"""The table of what the provider calls: complete for what is emitted, and spelled as IAM spells it."""

from __future__ import annotations

from functools import cache

import botocore.session
import pytest

from tests.permissions.samples import DEMANDING, deployment, emitted, grants, shard
from wizard.permissions.calls import DATA, RESOURCES
from wizard.permissions.customer import customer_grants
from wizard.permissions.emitted import Block, Emitted, read_emitted
from wizard.permissions.grants import Grant
from wizard.permissions.needed import calls_of, stack_grants
from wizard.permissions.places import Places

TOPOLOGIES = ("shard", "private", "service", "public")

#: botocore's name of a service, where it is not IAM's.
SERVICES = {"elasticloadbalancing": "elbv2", "servicequotas": "service-quotas"}
#: Actions that are not named after a call.
NOT_CALLS = {
    "iam:PassRole",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetEncryptionConfiguration",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutEncryptionConfiguration",
    "ssmmessages:OpenDataChannel",  # a web socket that the session-manager-plugin opens
}


@cache
def operations(service: str) -> frozenset[str]:
    model = botocore.session.get_session().get_service_model(SERVICES.get(service, service))
    return frozenset(model.operation_names)


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("demands", [{}, DEMANDING], ids=["plain", "demanding"])
def test_every_type_that_is_emitted_has_an_entry(topology: str, demands: dict[str, str]) -> None:
    blocks = [block for stack in emitted(topology, demands) for block in stack.blocks]

    assert blocks
    lacking = {(b.kind, b.type) for b in blocks if b.type not in (RESOURCES if b.kind == "resource" else DATA)}
    assert lacking == set()


def test_no_entry_is_of_a_type_that_nothing_emits() -> None:
    blocks = {(b.kind, b.type) for topology in TOPOLOGIES for stack in emitted(topology) for b in stack.blocks}

    assert {type_ for kind, type_ in blocks if kind == "resource"} == set(RESOURCES)
    assert {type_ for kind, type_ in blocks if kind == "data"} == set(DATA)


def test_a_type_that_nobody_has_looked_into_is_refused() -> None:
    with pytest.raises(KeyError, match="aws_dynamodb_table"):
        calls_of(Block("resource", "aws_dynamodb_table", frozenset()))


def test_every_resource_says_how_it_is_read_and_made() -> None:
    assert [name for name, calls in RESOURCES.items() if not (calls.read and calls.do)] == []
    # Nothing of these is left to remove: they end with what they belong to.
    lasting = {
        "aws_default_security_group",
        "aws_elasticache_user_group_association",
        "aws_route53_record",
        "aws_vpc_peering_connection_options",
    }
    assert {name for name, calls in RESOURCES.items() if not calls.undo} == lasting


def everything() -> set[str]:
    needed: list[Grant] = [
        *(grant for topology in TOPOLOGIES for grant in grants(topology)),
        *(grant for topology in TOPOLOGIES for grant in grants(topology, DEMANDING)),
    ]
    for topology in ("private", "public"):
        own = deployment(topology, database__certificate_authority="rds")
        needed += [grant for found in customer_grants(own, shard()).values() for grant in found]
    return {grant.action for grant in needed}


def test_every_action_is_one_that_iam_knows() -> None:
    named = {action for action in everything() if action not in NOT_CALLS}

    unknown = {action for action in named if action.split(":")[1] not in operations(action.split(":")[0])}
    assert unknown == set()
    assert len(named) > 250
    assert everything() >= NOT_CALLS, "an exception that nothing needs any more"


def test_a_key_of_ones_own_brings_its_permissions_and_its_absence_does_not() -> None:
    def uses_of_keys(demands: dict[str, str]) -> set[str]:
        own = Places(shard(**demands), deployment("private"))
        return {it.action for it in stack_grants(own, emitted("private", demands)) if it.service == "kms"}

    assert uses_of_keys({}) == set()
    assert {"kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext", "kms:GenerateDataKey"} <= uses_of_keys(DEMANDING)


def test_what_is_declared_is_read_out_of_the_code_itself() -> None:
    code = b"""
resource "aws_ebs_volume" "data" {
  size       = 1
  kms_key_id = var.kms_key_arn

  lifecycle {
    precondition {
      condition = var.size == 1
    }
  }
}

data "aws_partition" "current" {}

# resource "aws_kms_key" "commented" {
"""
    files = {"main.tf": code, "terraform.tfvars.json": b'{"kms_key_arn": null}', "notes.txt": b'resource "aws_x" "y" {'}

    with_key = read_emitted("stack", {**files, "terraform.tfvars.json": b'{"kms_key_arn": "arn"}'})

    assert with_key == Emitted(
        "stack",
        frozenset(
            {
                Block(
                    "resource",
                    "aws_ebs_volume",
                    frozenset({"size", "kms_key_id", "lifecycle", "precondition", "condition"}),
                ),
                Block("data", "aws_partition", frozenset()),
            }
        ),
    )
    volume = next(block for block in read_emitted("stack", files).blocks if block.kind == "resource")
    assert "kms_key_id" not in volume.arguments
