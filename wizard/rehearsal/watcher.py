"""The watcher's schedule: the very code that was uploaded, run as its function would be, every few seconds.

AWS calls it each minute; a rehearsal calls it every `seconds` (5), because nobody wants to wait. It runs while the
function exists and an enabled rule names it as a target; names resolve as the transit VPC sees them; an API that the
model does not let it reach is an address that drops everything.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wizard.rehearsal import dns
from wizard.rehearsal.children import Children
from wizard.rehearsal.clients import client
from wizard.rehearsal.dialing import Dial
from wizard.rehearsal.loopback import Loopback, Outcome
from wizard.rehearsal.model import Function, Network
from wizard.rehearsal.reachability import Source, State, reach_aws
from wizard.rehearsal.roles import Roles
from wizard.rehearsal.snapshot import address_in

log = logging.getLogger(__name__)

_START = Path(__file__).parent / "node" / "function.py"
_PORT = 8443
#: APIs by their endpoints' names, and the variable that tells an SDK where each is.
_APIS = {"elasticloadbalancing": "ELASTIC_LOAD_BALANCING_V2", "sns": "SNS"}


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of a function: when it ended (ISO 8601, UTC), what it returned, or what went wrong."""

    function: str
    at: str
    result: Any = None
    error: str = ""


def outcomes(network: Network, account: str) -> dict[Dial, Outcome]:
    """Give the dials of functions to APIs that they cannot reach: each is to time out."""
    return {
        Dial(function.name, api, _PORT): Outcome(State.TIMED_OUT)
        for function in network.functions
        if function.account == account
        for api in _APIS
        if reach_aws(network, _source(network, function), api).state is not State.CONNECTED
    }


def _source(network: Network, function: Function) -> Source:
    subnet = network.subnet(function.subnets[0])
    address = address_in(subnet.cidr, function.name) if subnet else "0.0.0.0"
    return Source(f"function {function.name}", address, function.vpc, function.subnets[0], function.groups)


class Watchers:
    """Runs every scheduled function of one account that lives in a VPC."""

    def __init__(
        self,
        account: str,
        environment: Mapping[str, str],
        *,
        synced: Callable[[], Network],
        loopback: Loopback,
        children: Children,
        seconds: float = 5.0,
    ) -> None:
        self._account = account
        self._environment = environment
        self._synced = synced
        self._loopback = loopback
        self._children = children
        self._seconds = seconds
        self._lambda = client(environment, "lambda")
        self._events = client(environment, "events")
        self._roles = Roles(environment)
        self._last: dict[str, Invocation] = {}
        self._calling = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_time, name="watchers", daemon=True)

    @property
    def last(self) -> dict[str, Invocation]:
        """The latest invocation of each function."""
        return dict(self._last)

    def start(self) -> None:
        """Start keeping time."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; a call in flight is waited for, so end the children first."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def call_all(self) -> list[Invocation]:
        """Call every function whose schedule is on, now; after the calls that are under way."""
        with self._calling:
            return self._call_all()

    def _call_all(self) -> list[Invocation]:
        from botocore.exceptions import ClientError

        done = []
        network = self._synced()
        for function in network.functions:
            if function.account == self._account:
                try:
                    if self._scheduled(function.name):
                        done.append(self._call(network, function))
                except ClientError as gone:  # destroyed between the picture and the call
                    log.info("watcher %s: %s", function.name, gone)
        self._last.update({invocation.function: invocation for invocation in done})
        return done

    def _keep_time(self) -> None:
        from botocore.exceptions import BotoCoreError

        while not self._over.wait(self._seconds):
            try:
                # Looking for functions is one call; the picture is taken only when there is something to call.
                if self._lambda.list_functions()["Functions"]:
                    self.call_all()
            except BotoCoreError as failure:
                log.warning("watchers: %s", failure)

    def _scheduled(self, name: str) -> bool:
        arn = self._lambda.get_function_configuration(FunctionName=name)["FunctionArn"]
        rules = self._events.list_rule_names_by_target(TargetArn=arn)["RuleNames"]
        return any(self._events.describe_rule(Name=rule)["State"] == "ENABLED" for rule in rules)

    def _call(self, network: Network, function: Function) -> Invocation:
        held = self._lambda.get_function_configuration(FunctionName=function.name)
        with tempfile.TemporaryDirectory(prefix="planewright-function-") as folder:
            with zipfile.ZipFile(
                io.BytesIO(_code(self._account, self._environment["AWS_REGION"], function.name))
            ) as code:
                code.extractall(folder)
            order = {
                "code": folder,
                "handler": held["Handler"],
                "event": {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}},
                "names": dns.names(network, function.vpc),
            }
            ended = self._children.run(
                [sys.executable, "-I", str(_START)],
                environment=self._variables(network, function, held),
                folder=Path(folder),
                seconds=held["Timeout"],
                said=json.dumps(order),
            )
        at = datetime.now(UTC).isoformat(timespec="seconds")
        if ended.exit_code is None:
            return Invocation(function.name, at, error=f"Task timed out after {held['Timeout']} seconds")
        lines = ended.stdout.strip().splitlines()
        said = json.loads(lines[-1]) if lines else {"errorMessage": ended.stderr.strip()[-1000:]}
        if "result" in said:
            return Invocation(function.name, at, result=said["result"])
        return Invocation(function.name, at, error=f"{said.get('errorType', 'Runtime')}: {said['errorMessage']}")

    def _variables(self, network: Network, function: Function, held: Mapping[str, Any]) -> dict[str, str]:
        variables = {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            **held.get("Environment", {}).get("Variables", {}),
            **self._roles.assume(held["Role"], function.name),
        }
        for dial in outcomes(network, self._account):
            if dial.node == function.name:
                nowhere = f"http://{self._loopback.address(dial.node, dial.address)}:{dial.port}"
                variables[f"AWS_ENDPOINT_URL_{_APIS[dial.address]}"] = nowhere
        return variables


def _code(account: str, region: str, name: str) -> bytes:
    # GetFunction answers with an S3 URL that the embedded AWS does not serve: its store is read in place.
    from moto.awslambda.models import lambda_backends

    function = lambda_backends[account][region].get_function(name)
    return bytes(function.code_bytes)
