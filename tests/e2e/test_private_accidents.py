"""An accident to the state of a deployment that lives, and the way back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


def test_a_state_that_is_lost_whole_is_made_anew_of_what_is_in_aws_and_its_plan_is_clean(private: Rehearsed) -> None:
    name = private.outcome.deployment
    listed = private.planewright("state", "list", name, "--json")
    before = {stack["stack"]: stack for stack in json.loads(listed.stdout)["stacks"]}["link"]
    bucket, _, key = before["where"].removeprefix("s3://").partition("/")
    s3 = private.client("s3")
    knew = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    for item in s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]:
        s3.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])

    told = private.planewright("state", "recover", name, "link", "--confirm", name, "--json")

    assert told.returncode == 0, told.stdout + told.stderr
    found = json.loads(told.stdout)["stacks"]["link"]
    assert (found["troubles"], found["differences"], found["clean"]) == (["deleted", "lost"], [], True)
    assert {place["standing"] for place in found["rebuild"]["addresses"]} == {"found"}
    assert found["rebuild"]["changes"] == [], "nothing in AWS is changed"
    assert ids(json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())) == ids(knew)


def ids(state: dict[str, Any]) -> dict[str, str]:
    """What a state knows each of its resources by."""
    return {
        f"{item['type']}.{item['name']}[{instance.get('index_key')}]": instance["attributes"]["id"]
        for item in state["resources"]
        if item["mode"] == "managed"
        for instance in item["instances"]
    }
