"""How an action of ours reads its request and answers, in the service's own protocol, which moto takes care of."""

from __future__ import annotations

from functools import cache
from typing import Any


def params(response: Any) -> dict[str, Any]:
    """Give the request's parameters, named as in the service's API."""
    parameters: dict[str, Any] = response._get_params()  # noqa: SLF001 - moto's way to a request
    return parameters


def param(response: Any, name: str, default: Any = None) -> Any:
    """Give one parameter of the request; `A.B` reaches into a structure."""
    return response._get_param(name, default)  # noqa: SLF001 - as above


def flag(response: Any, name: str) -> bool | None:
    """Give a boolean parameter of the request, None when it is not there."""
    value: bool | None = response._get_bool_param(name)  # noqa: SLF001 - as above
    return value


def result(answer: object) -> Any:
    """Answer with a value whose keys are those of the service's API."""
    from moto.core.responses import ActionResult

    return ActionResult(answer)


def failure(code: str, message: str) -> Exception:
    """Make the AWS error `code`, to be raised."""
    error: Exception = _kind_of_error()(code, message)
    return error


@cache
def _kind_of_error() -> Any:
    from moto.core.exceptions import ServiceException

    # moto finds the service of an error by the module of its class, and takes moto.core for a service.
    return type("EmbeddedAwsError", (ServiceException,), {"__module__": __name__})
