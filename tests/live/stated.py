"""A stack of the engine's own resources whose state lies in the embedded AWS: made once, and damaged by tests as they like.

Nothing here needs the AWS provider: the backend is a part of the engine.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generators.files import backend
from tests.live.server import Server
from tests.workspaces import with_examples
from wizard import cli
from wizard.aws.state_bucket import ensure_state
from wizard.blueprints.springtail.names import state_bucket
from wizard.deploy import store
from wizard.deploy.site import Site, open_site
from wizard.deploy.target import Target, open_target
from wizard.engine import follow, runs
from wizard.engine.commands import StackEngine
from wizard.engine.events import RunState
from wizard.engine.runs import Run
from wizard.files import write_atomic
from wizard.rehearsal.clients import client
from wizard.rehearsal.embedded import VENDOR, accounts
from wizard.workspace import Workspace

NAME, STACK = "use1-a", "shard"
KEY = "shard/use1-a/shard.tfstate"
PATIENCE_S = 120

#: `slow` is held by a gate, a file, so that no test waits for time to pass.
CODE = """
resource "terraform_data" "network" {
  input = "first"
}
%s
"""
MORE = """
resource "terraform_data" "redis" {
  input = terraform_data.network.output
}
"""
SLOW = """
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "while [ ! -e '%s' ]; do sleep 0.05; done"
  }
}
"""


@dataclass
class Stated:
    """The stack, its bucket, and the state as it is when all is well."""

    root: Path
    environ: dict[str, str]
    site: Site
    bucket: str
    s3: Any
    good: bytes = b""
    #: The table that locks it as well as, or instead of, an object.
    table: str = ""
    said: list[str] = field(default_factory=list)

    @property
    def target(self) -> Target:
        return open_target(Workspace(self.root), NAME)

    @property
    def engine(self) -> StackEngine:
        return self.site.stack_engine(self.target, STACK)

    @property
    def folder(self) -> Path:
        return self.target.place.stack(STACK)

    @property
    def errored(self) -> Path:
        return self.folder / "errored.tfstate"

    @property
    def gate(self) -> Path:
        return self.root / "gate"

    def write(self, more: str = MORE) -> None:
        write_atomic(self.folder / "main.tf", CODE % more)

    def apply(self) -> Run:
        """Apply to the end."""
        run = self.engine.start_apply(self.target.place.runs, self.engine.plan(self.target.place.runs))
        state = RunState()
        for state in follow.follow(run, poll=0.02):  # noqa: B007 - only its end matters
            pass
        assert state.error_count == 0, run.journal.read_text()
        return run

    def held(self) -> Run:
        """Start an apply, and give it once it stands at the gate: it lives, and holds the lock."""
        self.gate.unlink(missing_ok=True)
        self.write(MORE + SLOW % self.gate)
        run = self.engine.start_apply(self.target.place.runs, self.engine.plan(self.target.place.runs))
        deadline = time.monotonic() + PATIENCE_S
        for state in follow.follow(run, poll=0.02):
            if any(item.address == "terraform_data.slow" for item in state.in_flight):
                return run
            assert time.monotonic() < deadline, f"still {state}"
        raise AssertionError(run.journal.read_text())

    def ended(self, run: Run) -> None:
        """Follow a run to its end."""
        for _ in follow.follow(run, poll=0.02):
            pass

    def state(self) -> bytes | None:
        """The state's object, or None."""
        try:
            return bytes(self.s3.get_object(Bucket=self.bucket, Key=KEY)["Body"].read())
        except self.s3.exceptions.NoSuchKey:
            return None

    def put(self, content: bytes, key: str = KEY) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=content)

    def delete(self, key: str = KEY) -> None:
        self.s3.delete_object(Bucket=self.bucket, Key=key)

    def locked(self) -> bool:
        return self.locked_by_file() or bool(self.item())

    def locked_by_file(self) -> bool:
        return bool(self.s3.list_objects_v2(Bucket=self.bucket, Prefix=f"{KEY}.tflock").get("Contents"))

    def item(self, suffix: str = "") -> dict[str, str]:
        """The lock table's item of the state: of its lock, or (`-md5`) of its digest."""
        if not self.table:
            return {}
        found = client(self.environ, "dynamodb").get_item(TableName=self.table, Key=self._key(suffix)).get("Item", {})
        return {name: value["S"] for name, value in found.items() if name != "LockID"}

    def put_item(self, suffix: str = "", **values: str) -> None:
        """Write an item of the lock table by hand; without values it is removed."""
        dynamodb, key = client(self.environ, "dynamodb"), self._key(suffix)
        if values:
            item = {**key, **{name: {"S": value} for name, value in values.items()}}
            dynamodb.put_item(TableName=self.table, Item=item)
        else:
            dynamodb.delete_item(TableName=self.table, Key=key)

    def _key(self, suffix: str) -> dict[str, dict[str, str]]:
        return {"LockID": {"S": f"{self.bucket}/{KEY}{suffix}"}}

    def answer_lock(self, lock: str) -> None:
        """Answer what locks the state, and nothing else."""
        path = self.target.place.answers
        path.write_text(re.sub(r"(?m)^state:\n( .*\n)*", "", path.read_text()) + f"state:\n  lock: {lock}\n")

    def lock_by(self, lock: str) -> None:
        """Answer what locks the state, and have it so: what a plan does before it begins."""
        self.answer_lock(lock)
        target = self.target
        location = ensure_state(self.site.session, target.shard).location
        store.save_state_location(target.workspace, target.shard, location)
        write_atomic(self.folder / "backend.tf.json", backend(location, KEY, VENDOR))
        self.table = location.lock_table

    def heal(self) -> None:
        """Make everything well again, whatever a test did: by hand, not by what is tested."""
        self.gate.touch()
        for run in tuple(runs.listed(self.target.place.runs)):  # what one left half made is told until the next apply
            self.ended(run)
            shutil.rmtree(run.path)
        self.write()
        self.errored.unlink(missing_ok=True)
        self.delete(f"{KEY}.tflock")
        versions = self.s3.list_object_versions(Bucket=self.bucket, Prefix=KEY)
        for item in (*versions.get("Versions", []), *versions.get("DeleteMarkers", [])):
            self.s3.delete_object(Bucket=self.bucket, Key=item["Key"], VersionId=item["VersionId"])
        for serial in (1, 2):
            self.put(json.dumps({**json.loads(self.good), "serial": serial, "resources": []}).encode())
        self.put(self.good)
        if self.table:
            self.put_item()
            self.put_item("-md5", Digest=hashlib.md5(self.good).hexdigest())


def make(root: Path, server: Server, patch: Callable[[str, str], None], *, lock: str = "file") -> Stated:
    """Make the workspace, the bucket and the applied stack. `patch` sets a variable of the environment."""
    with_examples(root)
    environ = {"PATH": os.environ["PATH"], "HOME": str(root), **accounts.environment(server.endpoint_url, VENDOR)}
    for name, value in environ.items():
        patch(name, value)
    target = open_target(Workspace(root), NAME)
    site = open_site(target, environ=environ)
    stated = Stated(root, environ, site, state_bucket(target.shard), client(environ, "s3"))
    stated.lock_by(lock)
    stated.write()
    stated.engine.init()
    stated.apply()
    good = stated.state()
    assert good is not None
    stated.good = json.dumps({**json.loads(good), "serial": 7}, indent=2).encode()
    return stated


def command(*arguments: str) -> int:
    """Run a command as an operator would, in this process."""
    return cli.run(arguments)
