"""A workspace with the shipped examples, and runs in it, for tests that need neither engine nor AWS."""

from __future__ import annotations

from pathlib import Path

import assets
from wizard.engine import runs
from wizard.engine.runs import Action, Request, Run

EXAMPLES = Path(assets.__file__).parent / "examples"


def with_examples(root: Path) -> Path:
    """Lay the shard and both deployments, and give the workspace's folder."""
    for kind, name, example in (
        ("shards", "use1-a", "shard"),
        ("deployments", "acme-prod", "private"),
        ("deployments", "globex-prod", "public"),
    ):
        folder = root / kind / name
        folder.mkdir(parents=True)
        (folder / "answers.yaml").write_text((EXAMPLES / f"{example}.yaml").read_text())
    return root


def run_in(folder: Path, action: Action = "apply") -> Run:
    """Make a run of acme-prod's stack `instance` in a folder of runs; no process belongs to it."""
    request = Request(
        id="20261121T035501.123456Z-9f3a",
        object_kind="deployment",
        object_name="acme-prod",
        stack="instance",
        action=action,
        engine_kind="tofu",
        engine_version="1.10.0",
        engine_path="/usr/bin/tofu",
        argv=("tofu",),
        stack_dir=str(folder.parent),
        who="operator@laptop",
        created_at="2026-11-21T03:55:01+00:00",
        planewright="0.1.0",
    )
    return runs.create(runs.directory(folder, request.id), request)
