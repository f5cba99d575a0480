"""Asking a node: run a probe's script through SSM and read back what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wizard.blueprints.springtail.contracts import NodeOutput
from wizard.verify.outcome import Outcome, failed
from wizard.verify.reads import Ran, Reads
from wizard.verify.scripts import said, script


def ask(
    reads: Reads, node: NodeOutput, name: str, inputs: Mapping[str, str | int] | None = None, *, seconds: int = 60
) -> dict[str, Any] | Outcome:
    """Give what `assets/probes/NAME.sh` says on the node, or the outcome of a hop whose script did not come to speak."""
    return answered(reads, node, script(name, inputs), seconds=seconds)


def answered(reads: Reads, node: NodeOutput, text: str, *, seconds: int) -> dict[str, Any] | Outcome:
    """Give what a script says on the node, or the outcome of a hop whose script did not come to speak."""
    ran = reads.run(node.instance_id, text, seconds=seconds)
    answer = said(ran.output) if ran.status == "success" else None
    return answer if answer is not None else _mute(node, ran)


def _mute(node: NodeOutput, ran: Ran) -> Outcome:
    evidence = tuple(line for line in ran.errors.strip().splitlines()[-3:] if line.strip())
    session = f"aws ssm start-session --target {node.instance_id}"
    if ran.status in _NOT_IN_TIME:
        return failed(
            f"{node.name} did not run the probe in time (SSM says {ran.status})",
            f"look at its load and at the SSM agent: {session}, then systemctl status amazon-ssm-agent",
            *evidence,
        )
    return failed(
        f"the probe did not end well on {node.name} (SSM says {ran.status}, exit code {ran.exit_code})",
        f"it needs python3, getent, psql and the AWS CLI on the node, which the boot script installs: {session}",
        *evidence,
    )


#: SSM's detailed statuses, and our own for a command that outlived its deadline.
_NOT_IN_TIME = ("timedout", "executiontimedout", "deliverytimedout", "undeliverable", "noanswer")
