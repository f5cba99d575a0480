"""Actions that are not allowed."""

from __future__ import annotations

from collections.abc import Callable

from tests.live.account import Account, Case
from wizard.findings import Severity


def _denied(*actions: str) -> Callable[[Account], None]:
    def prepare(account: Account) -> None:
        account.fault(denied=set(actions))

    return prepare


def _organization(account: Account) -> None:
    """AWS refuses the call itself, though the policies that can be simulated allow it."""
    said = "You are not authorized to perform this operation: with an explicit deny in a service control policy"
    account.fault(refusals={"ec2:CreateVpc": ("UnauthorizedOperation", said, 403)})


CASES = (
    Case(
        "PERMISSION_MISSING",
        "actions of two services, one of which AWS also refuses when it is tried",
        Severity.CRITICAL,
        "account.profile",
        ("ec2: CreateVpc (instance)", "iam: PassRole (instance)", "user/operator", "planewright policy"),
        prepare=_denied("iam:PassRole", "ec2:CreateVpc"),
    ),
    Case(
        "PERMISSION_MISSING",
        "a policy of the organization that only AWS itself sees",
        Severity.CRITICAL,
        "account.profile",
        ("ec2: CreateVpc (instance)", "DryRun", "its policies allow them", "service control policy", "organization"),
        prepare=_organization,
    ),
    Case(
        "PERMISSION_MISSING",
        "what only a destroy needs",
        Severity.HIGH,
        "account.profile",
        ("elasticloadbalancing: DeleteTargetGroup (instance)",),
        prepare=_denied("elasticloadbalancing:DeleteTargetGroup"),
    ),
    Case(
        "PERMISSION_MISSING",
        "what is needed only until the state has a home",
        Severity.HIGH,
        "account.profile",
        ("kms: CreateKey (planewright)", "s3: CreateBucket (planewright)", "once the state's home"),
        prepare=_denied("kms:CreateKey", "s3:CreateBucket"),
    ),
    Case(
        "PERMISSION_UNPROVEN",
        "the simulation itself is not allowed",
        Severity.HIGH,
        "account.profile",
        ("iam:SimulatePrincipalPolicy", "none of these is proven", "RunInstances"),
        prepare=_denied("iam:SimulatePrincipalPolicy"),
    ),
)
