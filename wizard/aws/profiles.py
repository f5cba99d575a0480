"""The operator's profiles: what each is, whose account it says it is for, and whose AWS says it is. No secret is read out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from wizard.answers.account import Account, Partition
from wizard.aws.chain import session_of
from wizard.aws.errors import aws_call
from wizard.aws.session import BRISK, open_session
from wizard.errors import PlanewrightError

Kind = Literal["sso", "login", "role", "web identity", "process", "keys", "none"]

#: Kinds that one setting tells.
_PLAIN: tuple[tuple[Kind, str], ...] = (
    ("keys", "aws_access_key_id"),
    ("login", "login_session"),
    ("process", "credential_process"),
)
#: Where a profile says no region, a caller's identity is asked for here: the same answer comes from anywhere.
_ANYWHERE = "us-east-1"
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile. `says` is the account that its settings name, `source` what its credentials come from; else empty."""

    name: str
    kind: Kind
    region: str
    says: str
    source: str


@dataclass(frozen=True, slots=True)
class Identified:
    """Whose a profile's credentials are, or why nobody can tell (`unread`, with the way on)."""

    name: str
    account: str = ""
    arn: str = ""
    unread: str = ""


def profiles(environ: Mapping[str, str]) -> tuple[Profile, ...]:
    """Read the profiles of the AWS configuration that this environment names, by name. Asks nobody."""
    with aws_call("read the AWS configuration"):
        found: Mapping[str, Mapping[str, Any]] = session_of(_without_profile(environ)).full_config.get("profiles", {})
    return tuple(_profile(name, settings) for name, settings in sorted(found.items()))


def _without_profile(environ: Mapping[str, str]) -> dict[str, str]:
    """Leave the choice of a profile out: one that does not exist is no reason not to list the others."""
    return {name: value for name, value in environ.items() if name not in {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}}


def _profile(name: str, settings: Mapping[str, Any]) -> Profile:
    kind, source = _kind(settings)
    role = str(settings.get("role_arn", ""))
    says = str(settings.get("sso_account_id", "")) if kind == "sso" else _account_of(role)
    return Profile(name, kind, str(settings.get("region", "")), says, source)


def _kind(settings: Mapping[str, Any]) -> tuple[Kind, str]:
    """Tell the kind in the order in which botocore looks for credentials, and where they come from."""
    role = str(settings.get("role_arn", ""))
    if role and "web_identity_token_file" in settings:
        return "web identity", role
    if role:
        origin = settings.get("source_profile") or settings.get("credential_source") or "nothing"
        return "role", f"{role} from {origin}"
    if "sso_account_id" in settings or "sso_role_name" in settings:
        where = settings.get("sso_session") or settings.get("sso_start_url") or "nowhere"
        return "sso", f"{settings.get('sso_role_name', 'no role')} at {where}"
    for kind, key in _PLAIN:
        if key in settings:
            # A process's command line may hold a secret, and a key is one.
            return kind, str(settings[key]) if kind == "login" else ""
    return "none", ""


def _account_of(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 else ""


def identify(found: Iterable[Profile], environ: Mapping[str, str]) -> Iterator[Identified]:
    """Ask AWS whose each profile is, many at once, in the order given. One that cannot be used says why."""
    wanted = list(found)
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        yield from pool.map(lambda profile: _identified(profile, environ), wanted)


def _identified(profile: Profile, environ: Mapping[str, str]) -> Identified:
    if profile.kind == "none":
        return Identified(profile.name, unread="it has no credentials")
    own = _of_profiles(environ)
    try:
        identity = open_session(_account(profile, own), environ=own, patience=BRISK).identity()
    except PlanewrightError as error:
        why = error.cause or error.title
        return Identified(profile.name, unread=f"{why}; {error.action}" if error.action else why)
    except ValidationError as error:
        wrong = ", ".join(str(it["input"]) for it in error.errors())
        return Identified(profile.name, unread=f"its settings are malformed: {wrong}")
    return Identified(profile.name, identity.account, identity.arn)


def _of_profiles(environ: Mapping[str, str]) -> dict[str, str]:
    """Leave out what would speak for every profile alike."""
    own = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN"}
    return {name: value for name, value in _without_profile(environ).items() if name not in own}


def _account(profile: Profile, environ: Mapping[str, str]) -> Account:
    region = profile.region or _ANYWHERE
    with aws_call("tell the partition of the profile's region"):
        partition = session_of(environ).get_partition_for_region(region)
    # Whose account it is is the question; the answers' model wants some number.
    return Account(id=profile.says or "0" * 12, region=region, partition=Partition(partition), profile=profile.name)
