"""A call to AWS as a value: what is shown as a line of the AWS CLI is what is called, word by word. Pure."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `body` are its arguments as JSON; `too_early` is what to do where AWS answers that it is not time for it yet."""

    service: str
    operation: str
    body: str
    too_early: str = ""

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments, as boto3 takes them."""
        value: dict[str, Any] = json.loads(self.body)
        return value

    @property
    def permission(self) -> str:
        """What IAM calls it: `ec2:CreateRoute`."""
        return f"{self.service}:{self.operation}"

    def line(self, region: str) -> str:
        """Give it as one line that a shell and the AWS CLI read as exactly this call."""
        words = ["aws", self.service, _dashed(self.operation)]
        for name, value in self.arguments.items():
            words += [f"--{_dashed(name)}", value if isinstance(value, str) else _plain(value)]
        return shlex.join([*words, "--region", region])


def call(service: str, operation: str, *, too_early: str = "", **arguments: Any) -> Call:
    """Make a call of named arguments."""
    return Call(service, operation, json.dumps(arguments, separators=(",", ":")), too_early)


@dataclass(frozen=True, slots=True)
class UntilActive:
    """Waits until a peering that was accepted is active: what comes after it is refused before."""

    peering_id: str

    @property
    def words(self) -> str:
        """Say until when, as it is told wherever it is."""
        return f"until {self.peering_id} is active"


#: What is done, one after the other.
Move = Call | UntilActive


def _plain(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _dashed(name: str) -> str:
    """Give a name as the AWS CLI has it: `AssociateVPCWithHostedZone` is `associate-vpc-with-hosted-zone`."""
    from botocore import xform_name

    return str(xform_name(name, "-"))
