"""The private world upgraded: FDWs and ingestion to another image, one FDW more, the command killed amid an apply, gone on.

Before the customer takes their part back, so that all of the path can be seen to work afterwards.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.conftest import Rehearsed
from wizard.deploy import store
from wizard.deploy.upgrading import record
from wizard.engine import runs
from wizard.engine.runs import Run
from wizard.verify.hops import HopState

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("private")]

STEPS = ["answers", "replace-fdw-0", "replace-fdw-1", "replace-ingestion-0"]
#: Amid whose apply the command is killed.
KILLED = "replace-fdw-0"
#: Of another architecture, so that the image is another one.
TYPES = {"ingestion": "r6g.4xlarge", "fdw": "r6g.xlarge"}
DEADLINE = 900.0


def until(found: Callable[[], Any], what: str) -> Any:
    """Wait for a condition."""
    deadline = time.monotonic() + DEADLINE
    while not (value := found()):
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
    return value


def images(private: Rehearsed) -> dict[str, list[str]]:
    """The image of each node that lives, by its key."""
    name = private.outcome.deployment
    filters = [
        {"Name": "tag:planewright:deployment", "Values": [name]},
        {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]},
    ]
    found: dict[str, list[str]] = {}
    for reservation in private.client("ec2").describe_instances(Filters=filters)["Reservations"]:
        for one in reservation["Instances"]:
            [tag] = [tag["Value"] for tag in one["Tags"] if tag["Key"] == "Name"]
            found.setdefault(tag.removeprefix(f"{name}-"), []).append(one["ImageId"])
    return found


def answer(private: Rehearsed) -> None:
    """Answer arm64 for two roles, by other types, and a third FDW; a second try finds them answered."""
    path = private.target.place.answers
    text = path.read_text()
    if all(f"instance_type: {name}\n" in text for name in TYPES.values()):
        return
    before = "  fdw:\n    count: 2\n"
    assert text.count(before) == 1, text
    types = {role: f"    instance_type: {name}\n" for role, name in TYPES.items()}
    path.write_text(text.replace(before, f"  ingestion:\n{types['ingestion']}  fdw:\n    count: 3\n{types['fdw']}"))


def applies(private: Rehearsed) -> list[Run]:
    return [run for run in runs.listed(private.target.place.runs) if run.request.action == "apply"]


def told(private: Rehearsed, *arguments: str) -> Any:
    done = private.planewright(*arguments, "--json")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return json.loads(done.stdout)


def killed_amid(private: Rehearsed, command: list[str]) -> None:
    """Carry the upgrade out until the step's apply goes on, and kill the command there."""
    environ = private.environ | {"TMPDIR": str(private.temporary)}
    with subprocess.Popen(
        [sys.executable, "-m", "wizard", *command, "--workspace", str(private.workspace.root)],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:

            def going() -> bool:
                assert process.poll() is None, (process.stdout.read() if process.stdout else b"").decode()[-4000:]
                upgrade = record.load(private.target.place)
                half = upgrade.current if upgrade else None
                return half is not None and half.step.key == KILLED and bool(half.run)

            until(going, f"{KILLED} is being applied")
        finally:
            process.kill()
            process.communicate(timeout=60)


def test_another_image_and_more_fdws_come_node_by_node_also_when_the_command_is_killed(private: Rehearsed) -> None:
    name, before, volumes = private.outcome.deployment, images(private), private.outputs.volume_ids
    [old] = {image for found in before.values() for image in found}
    answer(private)
    assert [step["key"] for step in told(private, "upgrade", name)["steps"]] == STEPS

    killed_amid(private, ["upgrade", name, "--go", "--yes", "--confirm", name])
    until(lambda: not any(run.alive() for run in applies(private)), "the engine goes on to its end without us")
    pins = store.load_pins(private.target.place)
    assert pins is not None
    image = pins.fdw.ami_id
    assert image != old
    assert images(private) == {
        "ingestion-0": [old],
        "proxy-0": [old],
        "fdw-0": [image],
        "fdw-1": [old],
        "fdw-2": [image],
    }
    half = told(private, "upgrade", name)
    assert (half["upgrade"]["half_way"], [step["how_far"] for step in half["steps"][:2]]) == (True, ["done", "begun"])
    # What is half-way is what the files say.
    assert told(private, "plan", name, "--stack", "instance")["stacks"]["instance"]["changes"] == []

    went = told(private, "upgrade", name, "--resume", "--yes", "--confirm", name)
    assert went["did"] == STEPS[1:]
    assert went["upgrade"]["outcome"] == "ended"

    assert images(private) == {
        "ingestion-0": [image],
        "proxy-0": [old],
        **{f"fdw-{index}": [image] for index in range(3)},
    }
    assert private.outputs.volume_ids == volumes, "the data moved over with its volumes"
    held = private.client("ec2").describe_volumes(VolumeIds=list(volumes))["Volumes"]
    ingestion = private.outputs.nodes["ingestion-0"].instance_id
    assert {attached["InstanceId"] for volume in held for attached in volume["Attachments"]} == {ingestion}
    seen = private.verify().verification
    assert {hop.key: hop.reason for hop in seen.in_state(HopState.FAILED, HopState.WAITING)} == {}
    assert {"volumes", "node.fdw-2.ssm", "database.psql"} <= {hop.key for hop in seen.in_state(HopState.PASSED)}
    assert told(private, "plan", name, "--stack", "instance")["stacks"]["instance"]["changes"] == []
    assert told(private, "upgrade", name)["steps"] == []
