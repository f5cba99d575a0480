"""IAM and STS: who one is, and what one may do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from wizard.rehearsal.embedded.accounts import account_of_known_key
from wizard.rehearsal.embedded.patching import add, wrap
from wizard.rehearsal.embedded.policies import Verdict, decide
from wizard.rehearsal.embedded.services.answers import failure, param, result
from wizard.rehearsal.embedded.world import world

_USER: Final = "operator"


def _simulate_principal_policy(response: Any) -> Any:
    """Decide by the policies of a role or user that somebody made; the two known keys' user may do everything.

    The world's list of denied actions, which the calls themselves obey too, is above all policies.
    """
    source = param(response, "PolicySourceArn", "")
    known = source.endswith(f":{response.current_account}:user/{_USER}")
    principal = None if known else _principal(response, source)
    if not known and principal is None:
        raise failure("NoSuchEntity", f"The entity with ARN {source} cannot be found.")
    context = {
        entry["ContextKeyName"]: tuple(entry.get("ContextKeyValues") or ())
        for entry in param(response, "ContextEntries", [])
    }
    resources = param(response, "ResourceArns", []) or ["*"]
    evaluations = [
        _evaluation(action, {arn: _decided(response, principal, action, arn, context) for arn in resources})
        for action in param(response, "ActionNames", [])
    ]
    return result({"EvaluationResults": evaluations, "IsTruncated": False})


def _decided(response: Any, principal: Any, action: str, resource: str, context: dict[str, tuple[str, ...]]) -> Verdict:
    if action in world().hooks.denied_actions:
        return Verdict("implicitDeny")
    if principal is None:
        return Verdict("allowed")
    boundary = getattr(principal, "permissions_boundary_arn", None)  # moto gives a user none
    bounds = _managed(response, boundary) if boundary else None
    return decide(_policies(response, principal), bounds, action, resource, context)


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


def _principal(response: Any, arn: str) -> Any | None:
    """Find the role or user of an ARN, path and all: AWS does not know one by its name alone here."""
    everybody = [*response.backend.roles.values(), *response.backend.users.values()]
    return next((one for one in everybody if one.arn == arn), None)


def _policies(response: Any, principal: Any) -> Iterator[Any]:
    """Give the documents of a principal's inline and attached policies, and of a user's groups'."""
    of_user = getattr(principal, "name", "") in response.backend.users
    groups = response.backend.get_groups_for_user(principal.name) if of_user else []
    for owner in (principal, *groups):
        yield from (json.loads(unquote(document)) for document in owner.policies.values())
        yield from (_managed(response, arn) for arn in owner.managed_policies)


def _managed(response: Any, arn: str) -> Any:
    return json.loads(unquote(response.backend.get_policy(arn).document))


def _get_caller_identity(original: Any, response: Any) -> Any:
    account = account_of_known_key(response.access_key)
    if account is None:
        return original(response)
    arn = f"arn:{response.partition}:iam::{account}:user/{_USER}"
    return result({"UserId": f"AIDAPLANEWRIGHT{account[:6]}", "Account": account, "Arn": arn})


def install() -> None:
    """Add the simulation, and a proper identity to the two known keys."""
    from moto.iam.responses import IamResponse
    from moto.sts.responses import TokenResponse

    add(IamResponse, "simulate_principal_policy", _simulate_principal_policy)
    wrap(TokenResponse, "get_caller_identity", _get_caller_identity)
