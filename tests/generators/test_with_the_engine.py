"""What the real engine and the real provider make of emitted stacks: format, types, references, values."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from generators.springtail import deployment_files, shard_files
from tests.generators.hcl import blocks
from tests.generators.samples import (
    INSTANCE_OUTPUTS,
    SHARD_OUTPUTS,
    STACKS,
    STATE,
    deployment_answers,
    pins,
    shard_answers,
    stack_files,
)
from tests.generators.strategies import hostile_deployments, shards
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.facts import StateLocation
from wizard.blueprints.springtail.stacks import LINK, stacks_of
from wizard.engine.locate import Engine, find_engine
from wizard.engine.mirrors import find_mirror, write_cli_config
from wizard.errors import EngineError

pytestmark = pytest.mark.engine

Files = Mapping[str, bytes]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """The engine of this machine."""
    try:
        return find_engine(os.environ.get("PLANEWRIGHT_ENGINE"), search_path=os.environ["PATH"])
    except EngineError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def run(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the engine in a directory, with the provider from where this machine has it and no credentials."""
    home = Path.home()
    mirror = find_mirror(engine.kind, environ=os.environ, home=home).mirror
    settings_file = write_cli_config(tmp_path_factory.mktemp("cli"), mirror, os.environ, home)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TF_CLI_CONFIG_FILE": str(settings_file),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        # It lives for seconds, and would spend a seventh of them on collecting garbage.
        "GOGC": "400",
    }

    def call(folder: Path, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(engine.path), *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if expect is not None:
            assert done.returncode == expect, done.stdout + done.stderr
        return done

    return call


def write(folder: Path, files: Files) -> Path:
    """Write a stack into a directory."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def validate(run: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Callable[[Files], None]:
    """Validate a stack with the real provider; the same code is validated once."""
    seen: set[str] = set()

    def check(files: Files) -> None:
        digest = hashlib.sha256()
        for name in sorted(files):
            if not name.endswith(".tfvars.json"):  # validate reads no values: those are planned, below
                digest.update(name.encode() + b"\0" + files[name] + b"\0")
        if digest.hexdigest() in seen:
            return
        folder = write(tmp_path_factory.mktemp("stack"), files)
        run(folder, "init", "-backend=false", "-input=false", "-no-color")
        said = json.loads(run(folder, "validate", "-json").stdout)
        assert said["valid"], said
        assert said["warning_count"] == 0, said["diagnostics"]
        seen.add(digest.hexdigest())

    return check


@pytest.mark.parametrize("stack", STACKS)
def test_emitted_stacks_are_formatted(stack: str, run: Callable[..., Any], tmp_path: Path) -> None:
    run(write(tmp_path, stack_files(stack)), "fmt", "-check", "-recursive", "-diff")


@pytest.mark.parametrize("stack", STACKS)
def test_emitted_stacks_are_valid_to_the_provider_without_a_warning(
    stack: str, validate: Callable[[Files], None]
) -> None:
    validate(stack_files(stack))


def test_the_validator_would_notice(run: Callable[..., Any], tmp_path: Path) -> None:
    files = dict(stack_files("private/link"))
    files["main.tf"] = files["main.tf"].replace(b"peering_ids", b"peering_idz")
    folder = write(tmp_path, files)
    run(folder, "init", "-backend=false", "-input=false")
    assert "peering_idz" in run(folder, "validate", "-json", expect=1).stdout


def planned_values(run: Callable[..., Any], folder: Path, files: Files) -> dict[str, Any]:
    """Have the engine read the variables of a stack, types and validations included, and tell what it understood."""
    kept = {"variables.tf", "terraform.tfvars.json", "contract.auto.tfvars.json"}
    names = [block.labels[0] for block in blocks({"variables.tf": files["variables.tf"]}, "variable")]
    echo = "".join(f'output "{name}" {{\n  value = var.{name}\n}}\n' for name in names)
    write(folder, {name: data for name, data in files.items() if name in kept} | {"echo.tf": echo.encode()})
    run(folder, "plan", "-input=false", "-out=plan", "-no-color")
    shown = json.loads(run(folder, "show", "-json", "plan").stdout)
    return {name: output.get("value") for name, output in shown["planned_values"]["outputs"].items()}


def normal(value: Any) -> Any:
    """Values as the engine holds them: its strings are in Unicode's composed form."""
    return json.loads(unicodedata.normalize("NFC", json.dumps(value, ensure_ascii=False)))


def assert_understood(run: Callable[..., Any], folder: Path, files: Files) -> None:
    """The engine's values are what the data files say; attributes that a type does not name are left out."""
    understood = planned_values(run, folder, files)
    given_values = json.loads(files["terraform.tfvars.json"])
    assert {name: understood[name] for name in given_values} == normal(given_values)


random_answers = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@random_answers
@given(deployment=hostile_deployments(), shard=shards())
def test_random_answers_are_valid_and_understood_as_typed(
    deployment: DeploymentAnswers,
    shard: ShardAnswers,
    run: Callable[..., Any],
    validate: Callable[[Files], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    for stack in stacks_of(deployment):
        contract = INSTANCE_OUTPUTS if stack == LINK else SHARD_OUTPUTS
        local = StateLocation(backend="local")
        files = deployment_files(deployment, shard, stack, pins=pins(), contract=contract, state=local)
        validate(files)
        assert_understood(run, tmp_path_factory.mktemp("values"), files)


@settings(random_answers, max_examples=4)
@given(shard=shards())
def test_random_shards_are_valid_and_understood_as_typed(
    shard: ShardAnswers,
    run: Callable[..., Any],
    validate: Callable[[Files], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    files = shard_files(shard, state=StateLocation(backend="local"))
    validate(files)
    assert_understood(run, tmp_path_factory.mktemp("values"), files)


def test_a_role_without_an_image_is_told_what_to_do(run: Callable[..., Any], tmp_path: Path) -> None:
    files = deployment_files(
        deployment_answers("private"),
        shard_answers(),
        "instance",
        pins=None,
        contract=SHARD_OUTPUTS,
        state=STATE,
    )
    with pytest.raises(AssertionError, match=r"nodes\.ROLE\.ami\.id"):
        planned_values(run, tmp_path, files)


def test_a_stack_without_its_contract_asks_for_it(run: Callable[..., Any], tmp_path: Path) -> None:
    files = dict(stack_files("private/link"))
    del files["contract.auto.tfvars.json"]
    with pytest.raises(AssertionError, match=r"No value for required variable"):
        planned_values(run, tmp_path, files)


def test_a_contract_of_another_type_is_refused(run: Callable[..., Any], tmp_path: Path) -> None:
    files = dict(stack_files("public/instance"))
    document = json.loads(files["contract.auto.tfvars.json"])
    document["contract"]["redis_port"] = "six thousand"
    files["contract.auto.tfvars.json"] = json.dumps(document).encode()
    with pytest.raises(AssertionError, match=r"redis_port"):
        planned_values(run, tmp_path, files)
