"""Facts that emitted files depend on, frozen as values: where state lives, and which image each role boots.

They are resolved once from AWS, written beside the answers and read again, so that emitting stays pure and a new
image upstream never replaces a node unasked.
"""

from __future__ import annotations

from typing import Literal

from wizard.answers.account import StateBackend
from wizard.contracts import Contract

Architecture = Literal["x86_64", "arm64"]


class StateLocation(Contract):
    """The state's home. `bucket`, `region` and `kms_key_arn` are empty for a local backend."""

    backend: Literal["s3", "local"] = StateBackend.S3.value
    bucket: str = ""
    region: str = ""
    kms_key_arn: str = ""


class Pin(Contract):
    """One role's image. `parameter` is empty when the answers name the AMI; `resolved_at` is ISO 8601, UTC."""

    ami_id: str
    architecture: Architecture
    instance_type: str
    parameter: str = ""
    resolved_at: str


class Pins(Contract):
    """The images of the three roles."""

    ingestion: Pin
    proxy: Pin
    fdw: Pin
