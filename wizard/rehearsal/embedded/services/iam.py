"""IAM and STS: who one is, and what one may do."""

from __future__ import annotations

from typing import Any, Final

from wizard.rehearsal.embedded.accounts import account_of_known_key
from wizard.rehearsal.embedded.patching import add, wrap
from wizard.rehearsal.embedded.services.answers import param, result
from wizard.rehearsal.embedded.world import world

_USER: Final = "operator"


def _simulate_principal_policy(response: Any) -> Any:
    """Decide by the world's list of denied actions, which the calls themselves obey too."""
    resources = param(response, "ResourceArns", []) or ["*"]
    evaluations = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": "implicitDeny" if action in world().hooks.denied_actions else "allowed",
            "MatchedStatements": [],
            "MissingContextValues": [],
        }
        for action in param(response, "ActionNames", [])
        for resource in resources
    ]
    return result({"EvaluationResults": evaluations, "IsTruncated": False})


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
