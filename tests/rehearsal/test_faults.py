"""Faults of the API: who is refused, how often, and who never is."""

from __future__ import annotations

import pytest

from wizard.rehearsal.embedded import ApiCall, Refusal
from wizard.rehearsal.faults import Faults

THROTTLED = Refusal("Throttling", "Rate exceeded")
CREATE_VPC = ApiCall("111111111111", "us-east-1", "ec2", "CreateVpc", "AKIAONE")


@pytest.mark.parametrize("permission", ["ec2:CreateVpc", "ec2:*", "*"])
def test_a_call_is_refused_by_its_action_its_service_or_altogether(permission: str) -> None:
    faults = Faults()
    faults.refuse(permission, THROTTLED, account="111111111111")

    assert faults.judge(CREATE_VPC) == THROTTLED


def test_other_actions_and_other_accounts_go_through() -> None:
    faults = Faults()
    faults.refuse("ec2:DeleteVpc", THROTTLED, account="111111111111")
    faults.refuse("ec2:CreateVpc", THROTTLED, account="222222222222")

    assert faults.judge(CREATE_VPC) is None


def test_a_fault_for_two_calls_refuses_two() -> None:
    faults = Faults()
    faults.refuse("*", THROTTLED, account="111111111111", times=2)

    assert [faults.judge(CREATE_VPC) for _ in range(3)] == [THROTTLED, THROTTLED, None]


def test_the_rehearsals_own_calls_are_spared_and_clearing_ends_it() -> None:
    faults = Faults()
    faults.refuse("*", THROTTLED, account="111111111111")
    faults.spare("AKIAOWN")
    assert faults.judge(ApiCall("111111111111", "us-east-1", "ec2", "CreateVpc", "AKIAOWN")) is None

    faults.clear()
    assert faults.judge(CREATE_VPC) is None
