"""How IAM's and EC2's answers are read, where the embedded AWS cannot give them: older forms, organizations, root."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from wizard.aws.facts.grants import dry_runs, simulated
from wizard.facts.grants import DryRun, DryRuns, Refused, Simulated, Use

USER = "arn:aws:iam::111111111111:user/anna"
ONE = Use(("ec2:CreateVpc",), ("arn:one",), ())
TWO = Use(("ec2:CreateVpc", "ec2:DeleteVpc"), ("arn:one", "arn:two"), ())


class Session:
    """A session whose services answer what they are told to, and note what they were asked."""

    def __init__(self, arn: str, *pages: dict[str, Any], refusal: tuple[str, str, int] | None = None) -> None:
        self.arn, self.pages, self.refusal = arn, pages, refusal
        self.asked: list[dict[str, Any]] = []

    def client(self, service: str, region: str = "") -> Any:
        return self

    def get_caller_identity(self) -> dict[str, str]:
        return {"Arn": self.arn}

    def get_role(self, **request: str) -> dict[str, Any]:
        return {"Role": {"Arn": f"arn:aws:iam::111111111111:role/path/{request['RoleName']}"}}

    def get_paginator(self, name: str) -> Session:
        return self

    def paginate(self, **request: Any) -> list[dict[str, Any]]:
        self.asked.append(request)
        return list(self.pages)

    def create_vpc(self, **request: Any) -> None:
        self.asked.append(request)
        if self.refusal:
            code, message, status = self.refusal
            answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
            raise ClientError(answer, "CreateVpc")


def simulate(session: Session, *uses: Use) -> Any:
    return simulated(session, Simulated("", "", "us-east-1", uses))  # type: ignore[arg-type]


def result(decision: str, resource: str = "arn:one", **more: Any) -> dict[str, Any]:
    return {"EvalActionName": "ec2:CreateVpc", "EvalResourceName": resource, "EvalDecision": decision, **more}


def test_a_result_for_each_resource_is_read_as_iam_gave_it_once() -> None:
    page = {"EvaluationResults": [result("allowed"), result("implicitDeny", "arn:two")]}

    assert simulate(Session(USER, page), TWO).refused == (Refused("ec2:CreateVpc", "arn:two", "implicit"),)


def test_resources_inside_of_one_result_go_before_the_sum_of_them() -> None:
    inside = [
        {"EvalResourceName": "arn:one", "EvalResourceDecision": "allowed"},
        {"EvalResourceName": "arn:two", "EvalResourceDecision": "explicitDeny", "MissingContextValues": ["b", "a"]},
    ]
    page = {"EvaluationResults": [result("explicitDeny", ResourceSpecificResults=inside)]}

    found = simulate(Session(USER, page), TWO).refused

    assert found == (Refused("ec2:CreateVpc", "arn:two", "explicit", ("a", "b")),)


@pytest.mark.parametrize(
    ("detail", "why"),
    [
        ({"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}}, "organization"),
        ({"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}}, "boundary"),
        ({"OrganizationsDecisionDetail": {"AllowedByOrganizations": True}}, "implicit"),
    ],
)
def test_who_refuses_is_told(detail: dict[str, Any], why: str) -> None:
    page = {"EvaluationResults": [result("implicitDeny", **detail)]}

    assert [it.why for it in simulate(Session(USER, page), ONE).refused] == [why]


def test_what_a_call_crossed_and_nobody_asked_about_is_left_out() -> None:
    """One call asks of all its actions on all its resources: DeleteVpc on arn:three was nobody's question."""
    stray = {**result("implicitDeny", "arn:three"), "EvalActionName": "ec2:DeleteVpc"}
    session = Session(USER, {"EvaluationResults": [stray]})

    found = simulate(session, TWO, Use(("ec2:CreateVpc",), ("arn:three",), ()))

    assert len(session.asked) == 1
    assert found.refused == ()


def test_many_uses_go_in_few_calls_of_bounded_size() -> None:
    uses = [Use(tuple(f"ec2:A{number}" for number in range(40)), (f"arn:{it}",), ()) for it in range(12)]
    session = Session(USER)

    simulate(session, *uses)

    sizes = [len(it["ActionNames"]) * len(it["ResourceArns"]) for it in session.asked]
    assert max(sizes) <= 300
    assert len(sizes) == 2


@pytest.mark.parametrize(
    ("arn", "kind", "principal"),
    [
        ("arn:aws:iam::111111111111:root", "root", "arn:aws:iam::111111111111:root"),
        ("arn:aws:sts::111111111111:federated-user/bob", "federated", "arn:aws:sts::111111111111:federated-user/bob"),
        ("arn:aws:sts::111111111111:assumed-role/deployer/me", "role", "arn:aws:iam::111111111111:role/path/deployer"),
        ("arn:aws:iam::111111111111:user/team/anna", "user", "arn:aws:iam::111111111111:user/team/anna"),
    ],
)
def test_whose_policies_there_are_to_simulate(arn: str, kind: str, principal: str) -> None:
    session = Session(arn)

    found = simulate(session, ONE)

    assert (found.kind, found.principal) == (kind, principal)
    assert [it["PolicySourceArn"] for it in session.asked] == ([principal] if kind in ("user", "role") else [])


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [
        (("DryRunOperation", "Request would have succeeded", 412), "allowed"),
        (("UnauthorizedOperation", "with an explicit deny in a service control policy", 403), "denied"),
        (("VpcLimitExceeded", "The maximum number of VPCs has been reached.", 400), "refused"),
    ],
)
def test_what_a_dry_run_says(refusal: tuple[str, str, int], outcome: str) -> None:
    session = Session(USER, refusal=refusal)
    ask = DryRuns("", "", "us-east-1", "use1-az1", ("CreateVpc",), (("a", "b"),))

    (found,) = dry_runs(session, ask)  # type: ignore[arg-type]

    assert isinstance(found, DryRun)
    assert (found.action, found.outcome) == ("ec2:CreateVpc", outcome)
    assert session.asked[0]["DryRun"] is True
    assert session.asked[0]["TagSpecifications"] == [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]


def test_a_dry_run_that_aws_throttles_is_no_verdict() -> None:
    session = Session(USER, refusal=("RequestLimitExceeded", "Request limit exceeded.", 503))

    with pytest.raises(ClientError):
        dry_runs(session, DryRuns("", "", "us-east-1", "use1-az1", ("CreateVpc",), ()))  # type: ignore[arg-type]
