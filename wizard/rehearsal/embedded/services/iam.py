"""IAM and STS: who one is, and what one may do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import unquote

from wizard.rehearsal.embedded.accounts import account_of_known_key
from wizard.rehearsal.embedded.patching import add, wrap
from wizard.rehearsal.embedded.policies import Context, Policies, Verdict
from wizard.rehearsal.embedded.services.answers import failure, param, result
from wizard.rehearsal.embedded.world import world

USER: Final = "operator"
"""Who the two known keys belong to, in either account."""


def _simulate_principal_policy(response: Any) -> Any:
    """Decide by the policies of a role or user that somebody made; the two known keys' user may do everything.

    The world's list of denied actions, which the calls themselves obey too, is above all policies.
    """
    source = param(response, "PolicySourceArn", "")
    decided = _decider(response, source)
    context = {
        entry["ContextKeyName"]: tuple(entry.get("ContextKeyValues") or ())
        for entry in param(response, "ContextEntries", [])
    }
    resources = param(response, "ResourceArns", []) or ["*"]
    evaluations = [
        _evaluation(action, {arn: decided(action, arn, context) for arn in resources})
        for action in param(response, "ActionNames", [])
    ]
    return result({"EvaluationResults": evaluations, "IsTruncated": False})


def _decider(response: Any, source: str) -> Callable[[str, str, Context], Verdict]:
    """Give what decides for the principal of an ARN. AWS knows none by its name alone: the path is part of it."""
    if source.endswith(f":{response.current_account}:user/{USER}"):
        return lambda action, *_: _unless_denied(action) or Verdict("allowed")
    everybody = [*response.backend.roles.values(), *response.backend.users.values()]
    principal = next((one for one in everybody if one.arn == source), None)
    if principal is None:
        raise failure("NoSuchEntity", f"The entity with ARN {source} cannot be found.")
    boundary = getattr(principal, "permissions_boundary_arn", None)  # moto gives a user none
    policies = Policies(_documents(response, principal), _managed(response, boundary) if boundary else None)
    return lambda action, resource, context: _unless_denied(action) or policies.decide(action, resource, context)


def _unless_denied(action: str) -> Verdict | None:
    return Verdict("implicitDeny") if action in world().hooks.denied_actions else None


def _evaluation(action: str, verdicts: dict[str, Verdict]) -> dict[str, Any]:
    """One result for the action, the worst; what is decided of each resource stands inside of it."""
    order = ("explicitDeny", "implicitDeny", "allowed")
    worst = min(verdicts.values(), key=lambda verdict: order.index(verdict.decision))
    return {
        "EvalActionName": action,
        "EvalResourceName": next(iter(verdicts)),
        "EvalDecision": worst.decision,
        "MatchedStatements": [],
        "MissingContextValues": list(worst.lacks),
        "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": worst.within_boundary},
        "ResourceSpecificResults": [
            {
                "EvalResourceName": resource,
                "EvalResourceDecision": verdict.decision,
                "MatchedStatements": [],
                "MissingContextValues": list(verdict.lacks),
                "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": verdict.within_boundary},
            }
            for resource, verdict in verdicts.items()
        ],
    }


def _documents(response: Any, principal: Any) -> Iterator[Any]:
    """Give the documents of a principal's inline and attached policies, and of a user's groups'."""
    of_user = getattr(principal, "name", "") in response.backend.users
    groups = response.backend.get_groups_for_user(principal.name) if of_user else []
    for owner in (principal, *groups):
        yield from (json.loads(unquote(document)) for document in owner.policies.values())
        yield from (_managed(response, arn) for arn in owner.managed_policies)


def _managed(response: Any, arn: str) -> Any:
    policy = response.backend.get_policy(arn)
    document = next(it.document for it in policy.versions if it.version_id == policy.default_version_id)
    return json.loads(unquote(document))


def _get_caller_identity(original: Any, response: Any) -> Any:
    account = account_of_known_key(response.access_key)
    if account is None:
        return original(response)
    arn = f"arn:{response.partition}:iam::{account}:user/{USER}"
    return result({"UserId": f"AIDAPLANEWRIGHT{account[:6]}", "Account": account, "Arn": arn})


def install() -> None:
    """Add the simulation, and a proper identity to the two known keys."""
    from moto.iam.responses import IamResponse
    from moto.sts.responses import TokenResponse

    add(IamResponse, "simulate_principal_policy", _simulate_principal_policy)
    wrap(TokenResponse, "get_caller_identity", _get_caller_identity)
