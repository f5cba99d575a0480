"""A backend whose lock alone was changed has its state where it was; any other change is the operator's to decide."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wizard.engine.backend import only_lock_differs

WAS = {"bucket": "states", "key": "shard/a/shard.tfstate", "region": "us-east-1", "encrypt": True, "use_lockfile": True}
#: What the engine keeps: every setting that the backend knows, most of them not set.
KEPT = {**WAS, "dynamodb_table": None, "profile": None, "force_path_style": None}


def differs(tmp_path: Path, before: Any, **changes: Any) -> bool:
    emitted = {"terraform": {"backend": {"s3": {**WAS, **changes}}}}
    (tmp_path / "backend.tf.json").write_text(json.dumps(emitted))
    if before is not None:
        (tmp_path / "terraform.tfstate").write_text(before if isinstance(before, str) else json.dumps(before))
    return only_lock_differs(tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("changes", "only_lock"),
    [
        ({"dynamodb_table": "locks"}, True),
        ({"dynamodb_table": "locks", "use_lockfile": False}, True),
        ({}, False),
        ({"key": "shard/b/shard.tfstate"}, False),
        ({"dynamodb_table": "locks", "bucket": "others"}, False),
        ({"dynamodb_table": "locks", "region": "eu-west-1"}, False),
        ({"dynamodb_table": "locks", "kms_key_id": "arn:aws:kms:…"}, False),
    ],
)
def test_only_what_locks_may_differ(tmp_path: Path, changes: dict[str, Any], only_lock: bool) -> None:
    assert differs(tmp_path, {"backend": {"type": "s3", "config": KEPT}}, **changes) is only_lock


@pytest.mark.parametrize("before", [None, "{", {}, {"backend": {"type": "local", "config": {"path": "x"}}}, [1]])
def test_a_directory_of_which_nothing_is_known_is_left_to_the_engine(tmp_path: Path, before: Any) -> None:
    assert not differs(tmp_path, before, dynamodb_table="locks")
