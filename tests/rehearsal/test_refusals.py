"""What the API refuses: whom, how often, and whom never."""

from __future__ import annotations

import pytest

from wizard.rehearsal.embedded import ApiCall, Refusal
from wizard.rehearsal.refusals import Refusals

THROTTLED = Refusal("Throttling", "Rate exceeded")
CREATE_VPC = ApiCall("111111111111", "us-east-1", "ec2", "CreateVpc", "AKIAONE")


@pytest.mark.parametrize("permission", ["ec2:CreateVpc", "ec2:*", "*"])
def test_a_call_is_refused_by_its_action_its_service_or_altogether(permission: str) -> None:
    refusals = Refusals()
    refusals.refuse(permission, THROTTLED, account="111111111111")

    assert refusals.judge(CREATE_VPC) == THROTTLED


def test_other_actions_and_other_accounts_go_through() -> None:
    refusals = Refusals()
    refusals.refuse("ec2:DeleteVpc", THROTTLED, account="111111111111")
    refusals.refuse("ec2:CreateVpc", THROTTLED, account="222222222222")

    assert refusals.judge(CREATE_VPC) is None


def test_an_order_for_two_calls_refuses_two() -> None:
    refusals = Refusals()
    refusals.refuse("*", THROTTLED, account="111111111111", times=2)

    assert [refusals.judge(CREATE_VPC) for _ in range(3)] == [THROTTLED, THROTTLED, None]


def test_the_rehearsals_own_calls_are_spared_and_clearing_ends_it() -> None:
    refusals = Refusals()
    refusals.refuse("*", THROTTLED, account="111111111111")
    refusals.spare("AKIAOWN")
    assert refusals.judge(ApiCall("111111111111", "us-east-1", "ec2", "CreateVpc", "AKIAOWN")) is None

    refusals.clear()
    assert refusals.judge(CREATE_VPC) is None


def test_one_callers_key_is_refused_and_no_other() -> None:
    refusals = Refusals()
    refusals.refuse("*", THROTTLED, account="111111111111", access_key="AKIAONE")

    assert refusals.judge(CREATE_VPC) == THROTTLED
    assert refusals.judge(ApiCall("111111111111", "us-east-1", "ec2", "CreateVpc", "ASIANODE")) is None


def test_what_is_refused_with_one_code_is_lifted_without_the_rest() -> None:
    refusals = Refusals()
    refusals.refuse("ec2:*", THROTTLED, account="111111111111")
    refusals.refuse("*", Refusal("ExpiredToken", "expired"), account="111111111111")

    refusals.lift("Throttling")

    judged = refusals.judge(CREATE_VPC)
    assert judged is not None
    assert judged.code == "ExpiredToken"
