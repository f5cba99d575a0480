"""What went wrong, in people's words: the engine's diagnostics as an error with a cause and a next action. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wizard.engine.events import Diagnostic
from wizard.engine.locks import LockInfo, from_text
from wizard.errors import AccountError, EngineError, PlanewrightError, StateLockedError

_NOISE = re.compile(r"execution halted", re.IGNORECASE)
_SHOWN = 5
_DENIED = re.compile(r"not authorized to perform: ?(?P<action>[\w-]+:\w+)")
_DENIED_CALL = re.compile(r"operation error (?P<service>[\w ]+): (?P<call>\w+),.*StatusCode: 403", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Known:
    """A failure that is met often enough to deserve its own words."""

    sign: re.Pattern[str]
    error: type[PlanewrightError]
    title: str
    action: str


def _sign(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_KNOWN = (
    _Known(
        _sign("Saved plan is stale", "plan file can no longer be applied"),
        EngineError,
        "the plan that was shown is out of date: the state has changed since",
        "plan again, look at it again, then apply; nothing was changed",
    ),
    _Known(
        _sign("ExpiredToken", "token.{0,40}(has|is) expired", "RequestExpired", "session has expired", "SSO.*expired"),
        AccountError,
        "the AWS session has expired",
        "log in again (`aws sso login`, or a new session), then run the command again: what was made is in the state",
    ),
    _Known(
        _sign("No valid credential sources", "no EC2 IMDS role found", "NoCredentialProviders"),
        AccountError,
        "the engine has no AWS credentials",
        "name a profile in the answers (account.profile), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    _Known(
        _sign("InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClient", "AuthFailure"),
        AccountError,
        "AWS does not accept these credentials",
        "check the profile or keys with `aws sts get-caller-identity`, then run the command again",
    ),
    _Known(
        _sign("AWS account ID not allowed", "account ID .* not allowed"),
        AccountError,
        "these credentials belong to another AWS account",
        "use credentials of the account in the answers; nothing was changed",
    ),
    _Known(
        _sign(r"GetCallerIdentity.*StatusCode: 403"),
        AccountError,
        "AWS refused to say whose credentials these are",
        "check them with `aws sts get-caller-identity`: they are wrong, switched off or expired",
    ),
    _Known(
        _sign("connection refused", "no such host", "i/o timeout", "network is unreachable", "TLS handshake timeout"),
        EngineError,
        "a service could not be reached",
        "check the network, HTTPS_PROXY and NO_PROXY, then run the command again",
    ),
    _Known(
        _sign("no space left on device"),
        EngineError,
        "the disk is full",
        "free some space, then run the command again",
    ),
    _Known(
        _sign("Plugin did not respond"),
        EngineError,
        "the AWS provider died in the middle of a call",
        "plan again: what it had made is found by its tags or is already in the state; out of memory is the usual cause",
    ),
    _Known(
        _sign("Inconsistent dependency lock file", "does not match any of the checksums", "doesn't match any of the"),
        EngineError,
        "the provider is not the one that the lock file names",
        "run `planewright generate {name}` to restore .terraform.lock.hcl, or point --mirror at the right release",
    ),
    _Known(
        _sign("Failed to query available provider", "Failed to install provider", "provider registry .* does not have"),
        EngineError,
        "the AWS provider could not be installed",
        "give a provider mirror laid out for this engine with --mirror, or open the way to the registry",
    ),
    _Known(
        _sign("Backend configuration changed"),
        EngineError,
        "the state's place was changed in the answers, and the state does not move by itself",
        "put state.backend, state.bucket and state.kms_key_arn back as they were, or move it yourself: init -migrate-state "
        "in the stack's directory",
    ),
    _Known(
        _sign("Backend initialization required", "Required plugins are not installed"),
        EngineError,
        "the stack's directory is not initialised for this configuration",
        "run the command again: it initialises the stack first",
    ),
    _Known(
        _sign("NoSuchBucket", "S3 bucket .* does not exist"),
        EngineError,
        "the state's bucket does not exist",
        "`planewright plan {name}` makes it; somebody may have deleted it, and with it the state",
    ),
    _Known(
        _sign("state file could not be parsed as JSON", "state file does not have a .version. attribute"),
        EngineError,
        "the state is damaged",
        "change nothing by hand: `planewright state recover {name}` says what happened, and restores it",
    ),
    _Known(
        _sign("state data in S3 does not have the expected content"),
        EngineError,
        "the state is not the one whose digest the lock table has",
        "`planewright state recover {name}` says which state it is of, and mends it; something has written the state that does "
        "not keep the table",
    ),
    _Known(
        _sign(r"DynamoDB: \w+,.*ResourceNotFoundException"),
        EngineError,
        "the table that locks the state does not exist",
        "`planewright plan {name}` makes it; it has to be in the state's own region (state.lock_table)",
    ),
    _Known(
        _sign(r"DynamoDB: \w+,.*(required keys was not given a value|does not match the schema)"),
        EngineError,
        "the table that is to lock the state has another key than LockID",
        "name another table (state.lock_table), or leave it empty: a table's key cannot be changed",
    ),
    _Known(
        _sign("Error releasing the state lock"),
        EngineError,
        "the state's lock could not be given back",
        "run `planewright unlock {name}` once nothing of this stack runs any more",
    ),
    _Known(
        _sign("Failed to save state", "Failed to persist state", "errored.tfstate"),
        EngineError,
        "the state could not be saved where it belongs",
        "keep errored.tfstate: the next command offers to push it before anything else",
    ),
)


def failure(title: str, diagnostics: Sequence[Diagnostic], *, name: str = "NAME", action: str = "") -> PlanewrightError:
    """Make the error that tells a person what failed (`title`: "instance could not be planned"), why, and what is next.

    `name` is the deployment's or the shard's, for the commands it names; `action` the way on where nothing better is known.

    A held lock gives StateLockedError, what concerns identity AccountError, everything else EngineError.
    """
    errors = [item for item in diagnostics if item.severity == "error"]
    telling = [item for item in errors if not _NOISE.fullmatch(item.summary)] or errors
    for item in telling:
        lock = from_text(item.detail)
        if lock is not None:
            return locked(title, lock, name)
    found = _denied(title, telling) or _known(title, telling, name)
    if found is not None:
        return found
    return EngineError(
        title,
        cause=_causes(telling) or "the engine ended without saying why",
        action=action or "correct what it names, then run the command again: it goes on from where it stopped",
    )


def locked(title: str, lock: LockInfo, name: str) -> StateLockedError:
    """Make the error for a held lock; `aftermath` knows more about who that is."""
    since = f" since {lock.created:%Y-%m-%d %H:%M:%S} UTC" if lock.created else ""
    return StateLockedError(
        f"{title}: somebody holds the state's lock",
        cause=f"{lock.who or 'somebody unknown'} has held it{since}, for {lock.doing} (lock id {lock.id})",
        action=f"wait until they are done; if their run is dead, `planewright unlock {name}` checks that and removes the lock",
    )


def brief(diagnostic: Diagnostic) -> str:
    """One diagnostic as one short text, its resource first."""
    head = f"{diagnostic.address}: " if diagnostic.address and not diagnostic.address.startswith("provider[") else ""
    where = f" ({diagnostic.where})" if diagnostic.where and not head else ""
    detail = f" — {' '.join(diagnostic.detail.split())}" if diagnostic.detail.strip() else ""
    return f"{head}{' '.join(diagnostic.summary.split())}{where}{detail}"


def _denied(title: str, errors: Sequence[Diagnostic]) -> PlanewrightError | None:
    actions: dict[str, None] = {}
    for item in errors:
        match = _DENIED.search(item.text)
        if match:
            actions[match["action"]] = None
        elif "AccessDenied" in item.text or "UnauthorizedOperation" in item.text:
            call = _DENIED_CALL.search(item.text)
            actions[f"{call['service']}: {call['call']}" if call else brief(item)] = None
    if not actions:
        return None
    return AccountError(
        f"{title}: AWS denied {', '.join(actions)}",
        cause=_causes(errors),
        action="let these actions be allowed for the identity that deploys, then run the command again",
    )


def _known(title: str, errors: Sequence[Diagnostic], name: str) -> PlanewrightError | None:
    for known in _KNOWN:
        if any(known.sign.search(item.text) for item in errors):
            return known.error(
                f"{title}: {known.title}", cause=_causes(errors), action=known.action.replace("{name}", name)
            )
    return None


def _causes(errors: Sequence[Diagnostic]) -> str:
    render: Callable[[Diagnostic], str] = brief
    texts = list(dict.fromkeys(render(item) for item in errors))
    shown = "\n        ".join(texts[:_SHOWN])
    more = len(texts) - _SHOWN
    return f"{shown}\n        and {more} more" if more > 0 else shown
