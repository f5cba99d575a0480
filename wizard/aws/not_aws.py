"""Answers that are not AWS's, or not all of it: a guest network's sign-in page, a body cut in the middle.

botocore reads a body that ends early as if it were whole (it has urllib3 not compare it with its length), and a JSON
service's answer that is no JSON as an empty one: a reader would then miss what AWS always sends.
"""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import HTTPClientError


class NotAwsError(HTTPClientError):
    """Something between here and AWS has answered, or has cut AWS's answer short."""

    fmt = "{operation}: {what}"


def refuse_answers_of_others(client: Any) -> None:
    """Have a client raise NotAwsError for such an answer."""
    client.meta.events.register("before-parse", _look)


def _look(*, operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    if operation_model.has_streaming_output:
        return  # not read yet
    body: bytes = response_dict["body"]
    length = response_dict["headers"].get("content-length", "")
    if length.isdigit() and len(body) != int(length) and operation_model.http["method"] != "HEAD":
        raise NotAwsError(
            operation=operation_model.name, what=f"the answer was cut: {len(body)} of {length} bytes came"
        )
    if response_dict["status_code"] >= 300:
        return  # of an error the status is enough, and botocore reads it
    if body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise NotAwsError(operation=operation_model.name, what="the answer is a web page, and not AWS's")
    if "json" in operation_model.service_model.resolved_protocol and not _is_json(body):
        raise NotAwsError(operation=operation_model.name, what="the answer is no JSON, and not AWS's")


def _is_json(body: bytes) -> bool:
    if not body:
        return True  # an operation without output
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
