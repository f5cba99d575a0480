"""What the caller is allowed, by simulation and by dry run. Readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from wizard.aws.errors import DENIED_CODES, error_code, error_text
from wizard.aws.facts.parallel import at_once
from wizard.aws.session import AwsSession
from wizard.facts.grants import DryCall, DryRun, DryRuns, Given, PrincipalKind, Refused, Simulated, Simulation, Use, Why

#: Decisions that one call may give. IAM's largest page holds 1,000; crossing fewer actions with resources wastes less.
_PAGE: Final = 300
_PARALLEL: Final = 8
_WHY: Final[Mapping[str, Why]] = {"implicitDeny": "implicit", "explicitDeny": "explicit"}

Pair = tuple[str, str]


def simulated(session: AwsSession, ask: Simulated) -> Simulation:
    """Simulate the policies of the caller's own user or role (iam:SimulatePrincipalPolicy), in a few calls at once."""
    arn = session.client("sts").get_caller_identity()["Arn"]
    principal, kind = _principal(session, arn)
    if kind not in ("user", "role"):
        return Simulation(principal, kind)
    iam = session.client("iam")
    answers = at_once(lambda it: tuple(_simulate(iam, principal, it)), _batches(ask.uses), workers=_PARALLEL)
    refused = {decision for answer in answers for decision in answer}
    return Simulation(principal, kind, tuple(sorted(refused, key=lambda it: (it.action, it.resource))))


def _principal(session: AwsSession, arn: str) -> tuple[str, PrincipalKind]:
    """Give whose policies there are to simulate. A session's ARN names its role, but not the path that the role is at."""
    resource = arn.split(":", 5)[5]
    if resource.startswith("assumed-role/"):
        name = resource.split("/")[1]
        return session.client("iam").get_role(RoleName=name)["Role"]["Arn"], "role"
    if resource.startswith("user/"):
        return arn, "user"
    return arn, "root" if resource == "root" else "federated"


class _Batch:
    """Uses of one context, asked about in one call. The call crosses all actions with all resources; only some count."""

    def __init__(self, context: tuple[Given, ...]) -> None:
        self.context = context
        self.pairs: set[Pair] = set()
        self.actions: set[str] = set()
        self.resources: set[str] = set()

    def take(self, use: Use) -> bool:
        """Take a use in, unless the call would give more decisions than a page holds."""
        actions, resources = self.actions.union(use.actions), self.resources.union(use.resources)
        if self.pairs and len(actions) * len(resources) > _PAGE:
            return False
        self.actions, self.resources = actions, resources
        self.pairs |= {(action, resource) for action in use.actions for resource in use.resources}
        return True


def _batches(uses: Iterable[Use]) -> list[_Batch]:
    batches: list[_Batch] = []
    for use in uses:
        if not any(batch.context == use.context and batch.take(use) for batch in batches):
            batches.append(_Batch(use.context))
            batches[-1].take(use)
    return batches


def _simulate(iam: Any, principal: str, batch: _Batch) -> Iterator[Refused]:
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=principal,
        ActionNames=sorted(batch.actions),
        ResourceArns=sorted(batch.resources),
        ContextEntries=[
            {"ContextKeyName": it.key, "ContextKeyValues": list(it.values), "ContextKeyType": it.type}
            for it in batch.context
        ],
        PaginationConfig={"PageSize": _PAGE},
    )
    for page in pages:
        for evaluation in page["EvaluationResults"]:
            for refused in _refused(evaluation):
                if (refused.action, refused.resource) in batch.pairs:
                    yield refused


def _refused(evaluation: Mapping[str, Any]) -> Iterator[Refused]:
    """Give what one result refuses. IAM tells resource by resource inside of it; it used to give a result for each."""
    action = evaluation["EvalActionName"]
    each = evaluation.get("ResourceSpecificResults") or [
        {**evaluation, "EvalResourceDecision": evaluation["EvalDecision"]}
    ]
    for result in each:
        decision = result["EvalResourceDecision"]
        if decision != "allowed":
            # The organization's verdict is told once, for the action.
            why = _why(decision, {**evaluation, **result})
            lacks = tuple(sorted(result.get("MissingContextValues") or ()))
            yield Refused(action, result.get("EvalResourceName") or "*", why, lacks)


def _why(decision: str, result: Mapping[str, Any]) -> Why:
    if not result.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations", True):
        return "organization"
    if not result.get("PermissionsBoundaryDecisionDetail", {}).get("AllowedByPermissionsBoundary", True):
        return "boundary"
    return _WHY.get(decision, "implicit")


def dry_runs(session: AwsSession, ask: DryRuns) -> tuple[DryRun, ...]:
    """Try each call with DryRun, all at once. AWS says by the error's code whether it would have been allowed."""
    ec2 = session.client("ec2", ask.region)
    return tuple(at_once(lambda call: _try(ec2, call, ask), ask.calls, workers=_PARALLEL))


#: The client's method, the type of what it would make, and the fewest values that AWS takes. Nothing is made of them.
_CALLS: Final[Mapping[DryCall, tuple[str, str, Mapping[str, Any]]]] = {
    "CreateVpc": ("create_vpc", "vpc", {"CidrBlock": "10.0.0.0/28"}),
    "CreateVolume": ("create_volume", "volume", {"Size": 1, "VolumeType": "gp3", "Encrypted": True}),
    "AllocateAddress": ("allocate_address", "elastic-ip", {"Domain": "vpc"}),
    "CreateSecurityGroup": (
        "create_security_group",
        "security-group",
        {"GroupName": "planewright-check", "Description": "never made: a dry run"},
    ),
    "CreateInternetGateway": ("create_internet_gateway", "internet-gateway", {}),
}


def _try(ec2: Any, call: DryCall, ask: DryRuns) -> DryRun:
    method, kind, values = _CALLS[call]
    tags = [{"Key": key, "Value": value} for key, value in ask.tags]
    request = {**values, "DryRun": True, "TagSpecifications": [{"ResourceType": kind, "Tags": tags}]}
    if call == "CreateVolume":
        request["AvailabilityZoneId"] = ask.zone_id
    try:
        getattr(ec2, method)(**request)
    except ClientError as error:
        code = error_code(error)
        said = error_text(error)
        if code == "DryRunOperation":
            return DryRun(f"ec2:{call}", "allowed", said)
        if code in DENIED_CODES:
            return DryRun(f"ec2:{call}", "denied", said)
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) in {400, 404, 412}:
            return DryRun(f"ec2:{call}", "refused", f"{code}: {said}")
        raise
    return DryRun(f"ec2:{call}", "refused", "AWS gave no verdict")


READERS: Mapping[type, Callable[..., Any]] = {Simulated: simulated, DryRuns: dry_runs}
