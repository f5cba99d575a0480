"""Services that moto does not have at all, and the answer to who asks for one.

Stock moto breaks on such a request: a traceback on the terminal, a page of HTML with status 500, and an SDK that then
asks again for seconds. Here it is answered at once, as an error that the service's clients can read.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable
from typing import Any, Final
from xml.sax.saxutils import escape

from wizard.rehearsal.embedded.patching import replace
from wizard.rehearsal.embedded.world import world

log = logging.getLogger(__name__)

CODE: Final = "NotImplementedByEmbeddedAws"

#: Absent on purpose, by signing name: nobody need mend these.
ON_PURPOSE: Final = {"pricing": "it invents no prices: what something costs, only AWS's Price List says"}

_SCOPE: Final = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def dispatcher(create_app: Any) -> Any:
    """Make the application that finds each request's service; one that moto lacks is answered by `answer`."""
    from moto.backends import list_of_moto_modules
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    names = frozenset(list_of_moto_modules()) | {"moto_api"}
    application = DomainDispatcherApplication(lambda service: answer if service is None else create_app(service))

    def backend_for(host: str | None) -> Any:
        # As moto's own, but for its print to the terminal when nothing is found.
        if host is None or host in names:
            return host
        url = f"http://{host}"
        return next((backend for backend, pattern in application.backend_url_patterns if pattern.match(url)), None)

    replace(application, "get_backend_for_host", backend_for)
    return application


def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request to a service that is not there."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    service = scope[1] if scope else environ.get("HTTP_HOST", "?")
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    message = f"the embedded AWS does not have {service}"
    if reason := ON_PURPOSE.get(service):
        message += f": {reason}"
    else:
        world().unimplemented.append(f"{service}:{target.rpartition('.')[2] or '?'}")
        log.warning("not implemented: %s", service)
    if target or "json" in environ.get("CONTENT_TYPE", ""):
        kind, body = "application/x-amz-json-1.1", json.dumps({"__type": CODE, "message": message})
    else:
        error = f"<Error><Code>{CODE}</Code><Message>{escape(message)}</Message></Error>"
        kind, body = "text/xml", f"<ErrorResponse>{error}</ErrorResponse>"
    data = body.encode()
    start_response("400 Bad Request", [("Content-Type", kind), ("Content-Length", str(len(data)))])
    return [data]
