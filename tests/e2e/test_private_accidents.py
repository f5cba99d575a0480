"""An accident to the state of a deployment that lives, and the way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import Rehearsed

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("private")]


def test_a_damaged_state_of_a_deployment_is_restored_and_its_plan_is_clean(private: Rehearsed, tmp_path: Path) -> None:
    name = private.outcome.deployment
    listed = private.planewright("state", "list", name, "--json")
    assert listed.returncode == 0, listed.stderr
    before = {stack["stack"]: stack for stack in json.loads(listed.stdout)["stacks"]}["instance"]
    bucket, _, key = before["where"].removeprefix("s3://").partition("/")
    s3 = private.client("s3")
    content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.put_object(Bucket=bucket, Key=key, Body=content[: len(content) // 2])

    told = private.planewright("state", "recover", name, "instance", "--confirm", name, "--json")

    assert told.returncode == 0, told.stdout + told.stderr
    found = json.loads(told.stdout)["stacks"]["instance"]
    assert (found["troubles"], found["differences"], found["clean"]) == (["corrupted"], [], True)
    after = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    assert after == {**json.loads(content), "serial": before["state"]["serial"] + 1}
    kept = tmp_path / "kept.tfstate"
    copied = private.planewright("state", "backup", name, "instance", "--file", str(kept))
    assert copied.returncode == 0, "no state holds what looks like a secret: " + copied.stderr
