"""The two accounts of a rehearsal, and the keys that lead to them.

moto finds an account by access key among the keys it has issued. A rehearsal needs keys that are known beforehand and
outlive a reset, so these two are mapped here. An assumed role's keys lead to the role's account, as moto does anyway.
"""

from __future__ import annotations

from typing import Any, Final

from wizard.rehearsal.embedded.patching import wrap

VENDOR: Final = "111111111111"
"""The account that deploys; any key that nobody has issued leads here too."""

CUSTOMER: Final = "222222222222"
"""The account that owns the database."""

_ACCESS_KEYS: Final = {VENDOR: "AKIAPLANEWRIGHTVENDR", CUSTOMER: "AKIAPLANEWRIGHTCUSTO"}  # AWS's length and alphabet
ROOT_KEY: Final = "AKIAPLANEWRIGHTVROOT"
"""Access key of the deploying account's root, which nobody should have: for practising what is said of it."""

_ACCOUNTS: Final = {key: account for account, key in _ACCESS_KEYS.items()} | {ROOT_KEY: VENDOR}


def environment(endpoint_url: str, account: str = VENDOR, region: str = "us-east-1") -> dict[str, str]:
    """Give the variables with which any SDK, the engine's provider included, speaks to the embedded AWS."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": _ACCESS_KEYS[account],
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def account_of_known_key(access_key: str) -> str | None:
    """Give the account of one of the two known users' keys, None for any other key."""
    return None if access_key == ROOT_KEY else _ACCOUNTS.get(access_key)


def _account_of(original: Any, access_key: str) -> str:
    from moto.core import DEFAULT_ACCOUNT_ID

    account: str = _ACCOUNTS.get(access_key) or original(access_key)
    return VENDOR if account == DEFAULT_ACCOUNT_ID else account


def _account_of_caller(original: Any, response: Any) -> str:
    """Go by the key alone: moto would put a variable of the environment, if there is one, above it."""
    del original
    import moto.iam.models

    account: str = moto.iam.models.get_account_id_from(response.get_access_key())
    return account


def _identity(original: Any, backend: Any, access_key_id: str, region: str) -> Any:
    if access_key_id != ROOT_KEY:
        return original(backend, access_key_id, region)
    return backend.account_id, f"arn:{backend.partition}:iam::{backend.account_id}:root", backend.account_id


def install() -> None:
    """Map the known keys to their accounts."""
    import moto.iam.models
    from moto.core.responses import BaseResponse
    from moto.sts.models import STSBackend

    wrap(moto.iam.models, "get_account_id_from", _account_of)
    wrap(BaseResponse, "get_current_account", _account_of_caller)
    wrap(STSBackend, "get_caller_identity", _identity)
