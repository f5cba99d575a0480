"""Facts that emitted files depend on, frozen as values: where state lives, and which image each role boots.

They are resolved once from AWS, written beside the answers and read again, so that emitting stays pure and a new
image upstream never replaces a node unasked.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from wizard.answers.account import StateBackend, StateLock
from wizard.contracts import Contract

Architecture = Literal["x86_64", "arm64"]


class StateLocation(Contract):
    """The state's home. `bucket`, `region` and `kms_key_arn` are empty for a local backend, `lock_table` where none locks."""

    backend: Literal["s3", "local"] = StateBackend.S3.value
    bucket: str = ""
    region: str = ""
    kms_key_arn: str = ""
    lock: Literal["file", "dynamodb", "both"] = StateLock.FILE.value
    lock_table: str = ""

    @staticmethod
    def locking(*, by_file: bool, table: str) -> Literal["file", "dynamodb", "both"]:
        """Name what locks, by the two places of it."""
        return ("both" if by_file else "dynamodb") if table else "file"

    @property
    def by_file(self) -> bool:
        """Whether an object beside the state locks it."""
        return self.backend == StateBackend.S3.value and self.lock != StateLock.DYNAMODB.value

    @property
    def by_table(self) -> bool:
        """Whether an item of the lock table does."""
        return self.backend == StateBackend.S3.value and self.lock != StateLock.FILE.value


class Pin(Contract):
    """One role's image. `parameter` is empty when the answers name the AMI; `resolved_at` is ISO 8601, UTC."""

    ami_id: str
    architecture: Architecture
    instance_type: str
    parameter: str = ""
    resolved_at: str


class Apart(Contract):
    """One node that differs from its role while an upgrade goes on: what it still is, and whether it may be terminated."""

    ami_id: str
    instance_type: str
    protected: bool = True


class Pins(Contract):
    """The images of the three roles, and by its key (`fdw-1`) each node whose turn in an upgrade has not come yet.

    A node of `nodes` is there although the answers count it no more: it goes when its turn comes.
    """

    ingestion: Pin
    proxy: Pin
    fdw: Pin
    nodes: dict[str, Apart] = Field(default_factory=dict)
