"""Credentials, logins and regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.live.account import Account, Case
from wizard.findings import Severity
from wizard.rehearsal.embedded.accounts import ROOT_KEY

ROLE = "arn:aws:iam::111111111111:role/deployer"
DEVICE = "arn:aws:iam::111111111111:mfa/operator"
WRONG_CODE = "MultiFactorAuthentication failed with invalid MFA one time pass code. "


def _role_refused(account: Account) -> None:
    account.fault(denied={"sts:AssumeRole"})


def _wrong_code(account: Account) -> None:
    account.fault(refusals={"sts:AssumeRole": ("AccessDenied", WRONG_CODE, 403)})


def _token_expired(account: Account) -> None:
    expired = ("ExpiredToken", "The security token included in the request is expired", 403)
    account.fault(refusals={"sts:GetCallerIdentity": expired})


def _no_profile(account: Account) -> None:
    account.variables.update(AWS_CONFIG_FILE="nowhere", AWS_SHARED_CREDENTIALS_FILE="nowhere")


def _pasted(left: timedelta) -> Callable[[Account], None]:
    def prepare(account: Account) -> None:
        ends = datetime.now(UTC) + left
        account.variables.update(AWS_SESSION_TOKEN="pasted", AWS_CREDENTIAL_EXPIRATION=ends.isoformat())

    return prepare


def _long_applies(account: Account) -> Mapping[str, Any]:
    del account
    return {"apply_needs": timedelta(hours=2)}


def _root(account: Account) -> None:
    account.variables["AWS_ACCESS_KEY_ID"] = ROOT_KEY


CASES: tuple[Case, ...] = (
    Case(
        "CREDENTIALS_UNUSABLE",
        "the role may not be assumed",
        Severity.CRITICAL,
        "account.profile",
        ("may not be assumed", "trust policy", "account.external_id", "unchecked"),
        shard={"account.role_arn": ROLE, "account.external_id": "ours-1"},
        prepare=_role_refused,
    ),
    Case(
        "CREDENTIALS_UNUSABLE",
        "the MFA code is wrong",
        Severity.CRITICAL,
        "account.profile",
        ("one time pass code", "shows now", "unchecked"),
        shard={"account.role_arn": ROLE, "account.mfa_serial": DEVICE},
        prepare=_wrong_code,
    ),
    Case(
        "CREDENTIALS_UNUSABLE",
        "the session token has expired",
        Severity.CRITICAL,
        "account.profile",
        ("ExpiredToken", "unchecked", "whose account"),
        prepare=_token_expired,
    ),
    Case(
        "CREDENTIALS_UNUSABLE",
        "pasted credentials tell that they have ended",
        Severity.CRITICAL,
        "account.profile",
        ("(env) ended at", "new session token"),
        prepare=_pasted(timedelta(minutes=-5)),
    ),
    Case(
        "CREDENTIALS_UNUSABLE",
        "the profile does not exist",
        Severity.CRITICAL,
        "account.profile",
        ("acme-deploy", "planewright profiles"),
        shard={"account.profile": "acme-deploy"},
        prepare=_no_profile,
    ),
    Case(
        "CREDENTIALS_SHORT",
        "a pasted token ends in ten minutes",
        Severity.WARN,
        "account.profile",
        ("(env) end at", "in 9 minutes", "need 30"),
        prepare=_pasted(timedelta(minutes=10)),
    ),
    Case(
        "CREDENTIALS_SHORT",
        "the applies before took longer than the role's session lasts",
        Severity.WARN,
        "account.profile",
        ("(assume-role)", "need 120"),
        shard={"account.role_arn": ROLE},
        beside=_long_applies,
    ),
    Case(
        "CREDENTIALS_ROOT",
        "the keys are the root's",
        Severity.HIGH,
        "account.profile",
        ("arn:aws:iam::111111111111:root", "planewright policy"),
        prepare=_root,
    ),
    Case(
        "REGION_UNKNOWN",
        "AWS has no such region",
        Severity.CRITICAL,
        "account.region",
        ("eu-west-9", "describe-regions"),
        shard={"account.region": "eu-west-9"},
    ),
    Case(
        "REGION_NOT_ENABLED",
        "nobody has opted into the region",
        Severity.CRITICAL,
        "account.region",
        ("ap-east-1", "enable-region --region-name ap-east-1"),
        shard={"account.region": "ap-east-1"},
    ),
)
