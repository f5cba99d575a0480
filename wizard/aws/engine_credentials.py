"""How the engine gets the credentials of an open session, and whether they last long enough.

What the SDK inside the engine finds and renews by itself stays where it is: the environment, or a plain profile by
name. A session that it could not renew (SSO, an assumed role, an MFA code) is handed over in memory and served to it
from a loopback endpoint by the runner (DESIGN, Credentials).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from wizard.aws.session import AwsSession, FrozenCreds
from wizard.errors import AccountError

#: botocore's names of sources that the engine's SDK uses and renews in the same way.
_ENGINE_CAN = {
    "env",
    "shared-credentials-file",
    "config-file",
    "custom-process",
    "assume-role-with-web-identity",
    "container-role",
    "iam-role",
}


@dataclass(frozen=True, slots=True)
class EngineCredentials:
    """What to tell the engine's side.

    `ambient`: the environment as it is. `profile`: `profile` by name. `served`: `keys`, in memory only, renewed from
    `profile` unless that is empty. `ends` is when an engine left alone loses its access; None when it does not, or
    nobody knows.
    """

    kind: Literal["ambient", "profile", "served"]
    profile: str
    keys: FrozenCreds | None
    ends: datetime | None


def engine_credentials(session: AwsSession) -> EngineCredentials:
    """Decide how the engine gets this session's credentials."""
    if session.method in _ENGINE_CAN:
        ends = session.credentials_expiry() if session.method == "env" else None
        # Keys in the environment win over AWS_PROFILE, in botocore as in the engine's SDK.
        profile = "" if session.method == "env" else session.profile
        return EngineCredentials("profile" if profile else "ambient", profile, None, ends)
    keys = session.frozen()
    if session.account.role_arn or session.method == "assume-role-mfa":
        # From a profile alone nobody gets these again: the role is the answers', or the code is a person's.
        return EngineCredentials("served", "", keys, keys.expires_at)
    return EngineCredentials("served", session.profile or "default", keys, _last_renewal(session, keys))


def require_lifetime(ends: datetime | None, *, needed: timedelta, margin: timedelta, now: datetime) -> None:
    """Refuse an apply that the credentials would not outlive: raises AccountError when less than both is left."""
    if ends is None or ends - now >= needed + margin:
        return
    left = max(ends - now, timedelta())
    raise AccountError(
        f"the credentials end in {_minutes(left)}: not enough for this apply",
        cause=f"it is estimated at {_minutes(needed)}, and a margin of {_minutes(margin)} is kept; an apply that loses "
        "its credentials half way leaves resources that its state may not know",
        action="open a new session (`aws sso login`, a new MFA code, a new token), then run the command again",
    )


def _last_renewal(session: AwsSession, keys: FrozenCreds) -> datetime | None:
    """When renewing from the profile stops. An sso-session renews its own token; a legacy SSO token just ends."""
    start_url = session.profile_setting("sso_start_url")
    if session.method != "sso" or session.profile_setting("sso_session") or not start_url:
        return None
    token_ends = _sso_token_expiry(start_url, session.environ)
    # Keys that were fetched before the token ended go on working after it.
    return max((end for end in (token_ends, keys.expires_at) if end), default=None)


def _sso_token_expiry(start_url: str, environ: Mapping[str, str]) -> datetime | None:
    from botocore.exceptions import SSOTokenLoadError
    from botocore.utils import JSONFileCache, SSOTokenLoader, parse_timestamp

    from wizard.aws.chain import sso_cache

    try:
        token = SSOTokenLoader(cache=JSONFileCache(str(sso_cache(environ))))(start_url)
        ends: datetime = parse_timestamp(token["expiresAt"])
    except (SSOTokenLoadError, ValueError, TypeError):
        return None  # no token to read: botocore tells so itself at the next renewal
    return ends


def _minutes(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
