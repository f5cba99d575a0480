"""The gate that every request passes: refusals, dry runs, and an answer to what moto cannot do.

Stock moto drops the connection when it lacks an action or trips over a request, and an SDK then retries for minutes.
Here such a request is answered at once, with a code that says what it met.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import traceback
from typing import Any, Final
from xml.sax.saxutils import escape

from wizard.rehearsal.embedded import absent
from wizard.rehearsal.embedded.hooks import ApiCall, Refusal
from wizard.rehearsal.embedded.patching import replace, wrap
from wizard.rehearsal.embedded.services import cloudtrail, ec2_regions
from wizard.rehearsal.embedded.services.answers import failure, flag
from wizard.rehearsal.embedded.services.ec2_instances import check_launch
from wizard.rehearsal.embedded.services.ec2_volumes import check_volume
from wizard.rehearsal.embedded.world import world

log = logging.getLogger(__name__)
_remembering: Final = threading.Lock()

NOT_IMPLEMENTED: Final = absent.CODE
"""The error code of an action that the embedded AWS does not have."""

FAILED: Final = "EmbeddedAwsFailure"
"""The error code of an action that broke inside the embedded AWS."""

_CHECKED: Final = {"RunInstances": check_launch, "CreateVolume": check_volume}
"""Actions whose dry run looks at the values too, and what looks at them."""

_REMEMBERED: Final = 500
"""Answers kept for a client that asks again; an SDK does so within seconds."""

_IAM_PREFIX: Final = {
    "awslambda": "lambda",
    "elbv2": "elasticloadbalancing",
    "service-quotas": "servicequotas",
}
_JSON: Final = {
    "awslambda",
    "dynamodb",
    "events",
    "kms",
    "logs",
    "secretsmanager",
    "service-quotas",
    "servicequotas",
    "ssm",
}


def call_of(response: Any, action: str) -> ApiCall:
    """Describe the request that a moto response object serves."""
    return ApiCall(
        account=str(response.current_account),
        region=str(response.region),
        service=_IAM_PREFIX.get(response.service_name, response.service_name),
        action=action,
        access_key=str(response.access_key),
        user_agent=str(response.headers.get("User-Agent", "")),
    )


def refusal_of(call: ApiCall) -> Refusal | None:
    """Say why this call is refused: for its region, by the world's own fault, or for want of permission."""
    if closed := ec2_regions.refused(call.region):
        return Refusal(*closed, 403)
    hooks = world().hooks
    if refusal := hooks.refuse(call):
        return refusal
    if call.permission not in hooks.denied_actions and hooks.allows(call):
        return None
    code = {"ec2": "UnauthorizedOperation", "s3": "AccessDenied"}.get(call.service, "AccessDeniedException")
    if call.service in {"iam", "sts", "sns", "elasticloadbalancing", "elasticache", "route53", "rds", "cloudwatch"}:
        code = "AccessDenied"
    return Refusal(code, f"User is not authorized to perform: {call.permission}", 403)


def _error(response: Any, refusal: Refusal) -> Any:
    from moto.core.responses import ActionResult

    _, headers, body = response.serialized(ActionResult(failure(refusal.code, refusal.message)))
    headers["status"] = str(refusal.status)
    return refusal.status, headers, body


def _failed(response: Any, action: str, error: Exception) -> Refusal:
    what = f"{response.service_name}:{action}"
    if isinstance(error, NotImplementedError):
        world().unimplemented.append(what)
        log.warning("not implemented: %s (%s)", what, error)
        return Refusal(NOT_IMPLEMENTED, f"the embedded AWS does not have {what}: {error}")
    world().failures.append(f"{what}: {type(error).__name__}: {error}")
    log.error("failed: %s\n%s", what, "".join(traceback.format_exception(error)))
    return Refusal(FAILED, f"the embedded AWS failed in {what}: {type(error).__name__}: {error}")


def _call_action(original: Any, response: Any) -> Any:
    action = response._get_action()  # noqa: SLF001 - moto's own name for it
    if not action:
        return original(response)
    call = call_of(response, action)
    if refusal := refusal_of(call):
        return _told(response, call, _error(response, refusal))
    if remembered := _answered_before(response):
        log.warning("asked again, answered as before: %s:%s", response.service_name, action)
        return remembered
    try:
        if response.service_name == "ec2" and flag(response, "DryRun"):
            return _dry_run(response, action)
        answer = original(response)
        _remember(response, answer)
        return _told(response, call, answer)
    except Exception as error:  # noqa: BLE001 - a server answers for its own bugs, or the client waits for minutes
        return _error(response, _failed(response, action, error))
    finally:
        world().hooks.settled(call)


def _told(response: Any, call: ApiCall, answer: Any) -> Any:
    """Leave a call to CloudTrail, and give its answer."""
    cloudtrail.note(response, call, answer)
    return answer


def _invocation(response: Any) -> tuple[str, int]:
    """An SDK's id of a call and which attempt at it this is; it names both on every request."""
    attempt = re.search(r"attempt=(\d+)", response.headers.get("Amz-Sdk-Request", ""))
    return response.headers.get("Amz-Sdk-Invocation-Id", ""), int(attempt[1]) if attempt else 1


def _answered_before(response: Any) -> Any:
    """Give the answer to an earlier attempt at the same call, which the client then never got.

    On AWS, an answer that is lost makes a retried creation fail as a duplicate; on a loaded laptop's loopback that would be the
    rehearsal's own noise.
    """
    invocation, attempt = _invocation(response)
    return world().answers.get(invocation) if attempt > 1 else None


def _remember(response: Any, answer: Any) -> None:
    invocation, _ = _invocation(response)
    answers = world().answers
    with _remembering:  # requests come in threads, and one that finds the oldest must not meet one that adds
        if invocation:
            answers[invocation] = answer
        while len(answers) > _REMEMBERED:
            answers.pop(next(iter(answers)), None)


def _dry_run(response: Any, action: str) -> Any:
    """Answer a dry run: moto forgets about it for most actions, and then creates the thing."""
    from moto.core.exceptions import ServiceException
    from moto.core.responses import ActionResult

    if check := _CHECKED.get(action):
        try:
            check(response)
        except ServiceException as error:
            answer: Any = response.serialized(ActionResult(error))
            return answer
    return _error(response, Refusal("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412))


def _dispatch(original: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
    from botocore.model import OperationNotFoundError

    try:
        return original(response, *args, **kwargs)
    except OperationNotFoundError as unknown:
        return _error(response, _failed(response, "?", NotImplementedError(str(unknown))))


def _authorize_s3(original: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
    from moto.s3.exceptions import S3ClientError

    action = response.data.get("Action")
    if isinstance(action, str) and (refusal := refusal_of(call_of(response, action))):
        raise S3ClientError(refusal.code, refusal.message)
    return original(response, *args, **kwargs)


def _answer_s3(original: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
    from moto.core.exceptions import ServiceException

    try:
        return original(response, *args, **kwargs)
    except ServiceException:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        action = response.data.get("Action")
        return _error(response, _failed(response, action if isinstance(action, str) else "?", error))


def create_app(service: Any) -> Any:
    """Make the web application of one service, in which nothing is answered by an HTML page.

    The services that speak REST have no action in the request: to them it is a path, and moto's page with status 404
    for a path that it does not have would be taken for "no such resource".
    """
    from moto.moto_server.werkzeug_app import create_backend_app
    from werkzeug.exceptions import HTTPException

    app = create_backend_app(service)

    def no_such_path(error: Any) -> Any:
        from flask import request

        if request.url_rule is not None:
            return error  # an action that says 404 itself
        what = f"{service}:{request.method} {request.path}"
        world().unimplemented.append(what)
        log.warning("not implemented: %s", what)
        return _plain(service, NOT_IMPLEMENTED, f"the embedded AWS does not have {what}")

    def broken(error: Exception) -> Any:
        if isinstance(error, HTTPException):
            return error
        world().failures.append(f"{service}: {type(error).__name__}: {error}")
        log.error("failed: %s\n%s", service, "".join(traceback.format_exception(error)))
        return _plain(service, FAILED, f"the embedded AWS failed in {service}: {type(error).__name__}: {error}")

    app.register_error_handler(404, no_such_path)
    app.register_error_handler(Exception, broken)
    return app


def _plain(service: str, code: str, message: str) -> tuple[str, int, dict[str, str]]:
    """Answer where moto's serializers cannot be reached, in the shape that the service's clients read."""
    if service in _JSON:
        headers = {"Content-Type": "application/json", "x-amzn-errortype": code}
        return json.dumps({"__type": code, "message": message}), 400, headers
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    outer = (
        ("<Response><Errors>", "</Errors></Response>") if service == "ec2" else ("<ErrorResponse>", "</ErrorResponse>")
    )
    return f"{outer[0]}{error}{outer[1]}", 400, {"Content-Type": "text/xml"}


def _quiet(*args: Any, **kwargs: Any) -> None:
    del args, kwargs


def install() -> None:
    """Put the gate before every service."""
    import moto.core.errors
    from moto.core.authorization import ActionAuthenticatorMixin
    from moto.core.responses import BaseResponse
    from moto.s3.responses import S3Response

    # moto warns of error codes that a service's model does not have; ours and the world's faults have them on purpose
    replace(moto.core.errors, "warn", _quiet)
    wrap(BaseResponse, "call_action", _call_action)
    wrap(BaseResponse, "_dispatch", _dispatch)
    wrap(ActionAuthenticatorMixin, "_authenticate_and_authorize_s3_action", _authorize_s3)
    wrap(S3Response, "_bucket_response", _answer_s3)
    wrap(S3Response, "_key_response", _answer_s3)
