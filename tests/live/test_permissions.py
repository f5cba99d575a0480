"""Whose policies suffice: simulated for roles and users that really have them, and tried where AWS itself decides."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from tests.live.account import REGION, Account
from tests.permissions.samples import DEMANDING
from wizard.aws.session import BRISK, AwsSession, open_session
from wizard.checks.live import permissions
from wizard.checks.subject import Subject
from wizard.deploy.checking import Checker
from wizard.deploy.needed import emitted_of
from wizard.facts.asking import Facts
from wizard.findings import Finding, Severity
from wizard.permissions.documents import Document, documents
from wizard.permissions.needed import operator_grants
from wizard.permissions.places import Places
from wizard.rehearsal.embedded import VENDOR

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
)
EVERYTHING: Document = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def own_policies(subject: Subject) -> tuple[Document, ...]:
    return documents(operator_grants(Places(subject.shard, subject.deployment), subject.emitted))


def role(
    account: Account, policies: Iterable[Document], *, name: str = "deployer", path: str = "/", boundary: str = ""
) -> AwsSession:
    """Make a role with managed policies, and open a session as it."""
    iam = account.client("iam")
    bounds = {"PermissionsBoundary": boundary} if boundary else {}
    iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=TRUST, **bounds)
    for number, policy in enumerate(policies):
        arn = _policy(iam, f"{name}-{number}", policy)
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    issued = account.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{VENDOR}:role{path}{name}", RoleSessionName="operator"
    )["Credentials"]
    return session(account, issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])


def session(account: Account, key: str, secret: str, token: str = "") -> AwsSession:
    own = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
    environ = account.environ() | own | ({"AWS_SESSION_TOKEN": token} if token else {})
    return open_session(account.subject().account, environ=environ, patience=BRISK)


def _policy(iam: Any, name: str, policy: Document) -> str:
    return str(iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(policy))["Policy"]["Arn"])


def check(account: Account, subject: Subject, own: AwsSession) -> list[Finding]:
    """Check permissions alone: a whole check would ask for the region's catalogue, too."""
    facts = Checker(lambda: {**account.sessions(), "operator": own}).read(permissions.asks(subject), subject)
    return list(permissions.check(subject, facts))


def missing(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.code == "PERMISSION_MISSING"]


@pytest.mark.parametrize("topology", ["private", "public"])
def test_our_own_least_privilege_policy_is_enough_by_its_own_check(account: Account, topology: str) -> None:
    subject = account.subject(topology)

    found = check(account, subject, role(account, own_policies(subject)))

    assert [(it.code, it.severity) for it in found] == [("PERMISSION_UNPROVEN", Severity.INFO)]
    assert "a policy of the session" in found[0].what


def test_it_is_enough_with_what_enterprises_ask_for_too(account: Account) -> None:
    subject = account.subject(shard=DEMANDING)

    found = check(account, subject, role(account, own_policies(subject)))

    assert [it.severity for it in found] == [Severity.INFO], found


def test_the_shards_policy_is_enough_for_the_shard_and_not_for_a_deployment(account: Account) -> None:
    deployment = account.subject()
    shard = Subject(deployment.shard, emitted=emitted_of(deployment.shard))
    own = role(account, own_policies(shard))

    assert missing(check(account, shard, own)) == []
    assert "ec2: " in missing(check(account, deployment, own))[0].what


def test_without_any_of_its_statements_the_policy_is_too_small(account: Account) -> None:
    subject = account.subject()
    whole = own_policies(subject)
    removed = {statement["Sid"] for policy in whole for statement in policy["Statement"]}
    for sid in ("PassToLambda", "SsmPolicy", "OwnInEc2"):
        assert sid in removed
        less = [{**policy, "Statement": [it for it in policy["Statement"] if it["Sid"] != sid]} for policy in whole]
        name = f"without-{sid}"
        assert missing(check(account, subject, role(account, less, name=name))), sid


def test_a_role_of_sso_is_simulated_by_its_own_arn_with_its_path(account: Account) -> None:
    subject = account.subject()
    path = f"/aws-reserved/sso.amazonaws.com/{REGION}/"
    name = "AWSReservedSSO_Deployers_0123456789abcdef"

    found = check(account, subject, role(account, [EVERYTHING], name=name, path=path))

    assert [it.severity for it in found] == [Severity.INFO]
    assert f"role{path}{name}" in found[0].what


def test_a_user_with_every_permission_has_no_finding(account: Account) -> None:
    iam = account.client("iam")
    iam.create_user(UserName="anna")
    iam.attach_user_policy(UserName="anna", PolicyArn=_policy(iam, "all", EVERYTHING))
    key = iam.create_access_key(UserName="anna")["AccessKey"]

    found = check(account, account.subject(), session(account, key["AccessKeyId"], key["SecretAccessKey"]))

    assert found == []


def test_an_explicit_deny_is_told_apart_from_an_action_that_nobody_allows(account: Account) -> None:
    denied: Document = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "No", "Effect": "Deny", "Action": "ec2:CreateNat*", "Resource": "*"}],
    }
    subject = account.subject()
    shard = Subject(subject.shard, emitted=emitted_of(subject.shard))

    found = missing(check(account, shard, role(account, [EVERYTHING, denied])))

    assert [it.what.count("ec2: CreateNatGateway (shard)") for it in found] == [1]
    assert "a policy denies them" in found[0].what
    assert "take these actions out" in found[0].remedy


def test_a_boundary_that_is_too_narrow_is_named(account: Account) -> None:
    bounds: Document = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Most", "Effect": "Allow", "NotAction": "iam:CreateRole", "Resource": "*"}],
    }
    arn = _policy(account.client("iam"), "bounds", bounds)

    found = missing(check(account, account.subject(), role(account, [EVERYTHING], boundary=arn)))

    assert ["iam: CreateRole (instance)" in it.what for it in found] == [True]
    assert "permissions boundary" in found[0].what
    assert "boundary as well" in found[0].remedy


def test_a_condition_on_what_only_a_real_call_has_leaves_it_unproven(account: Account) -> None:
    conditioned: Document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Rest", "Effect": "Allow", "NotAction": "ec2:RunInstances", "Resource": "*"},
            {
                "Sid": "Small",
                "Effect": "Allow",
                "Action": "ec2:RunInstances",
                "Resource": "*",
                "Condition": {"StringLike": {"ec2:InstanceType": "*.large"}},
            },
        ],
    }

    found = [
        it for it in check(account, account.subject(), role(account, [conditioned])) if it.severity is not Severity.INFO
    ]

    assert [it.code for it in found] == ["PERMISSION_UNPROVEN"]
    assert "ec2: RunInstances (instance)" in found[0].what
    assert "ec2:InstanceType" in found[0].what


def test_a_key_whose_own_policy_may_allow_what_policies_of_the_caller_do_not_is_unproven(account: Account) -> None:
    key = f"arn:aws:kms:us-east-1:{VENDOR}:key/0f0f0f0f-1111-2222-3333-444444444444"
    no_keys: Document = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "NoKeys", "Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}],
    }
    subject = account.subject(shard={"governance.kms_key_arn": key, "state.kms_key_arn": key})

    checked = check(account, subject, role(account, [no_keys]))

    assert missing(checked) == []
    unproven = [it for it in checked if it.severity is Severity.WARN]
    assert ["the key's own policy" in it.what for it in unproven] == [True]


def test_what_only_a_destroy_needs_weighs_less(account: Account) -> None:
    keeps: Document = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Keeps", "Effect": "Allow", "NotAction": "ec2:DeleteVolume", "Resource": "*"}],
    }

    found = missing(check(account, account.subject(), role(account, [keeps])))

    assert [(it.severity, "ec2: DeleteVolume (instance)" in it.what) for it in found] == [(Severity.HIGH, True)]


def test_without_emitted_stacks_nothing_passes_for_proven(account: Account) -> None:
    found = list(permissions.check(account.subject(emitted=()), Facts()))

    assert [(it.code, it.severity) for it in found] == [("PERMISSION_UNPROVEN", Severity.HIGH)]
