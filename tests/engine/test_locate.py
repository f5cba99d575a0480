"""An explicit choice first, then tofu, then terraform; too old or something else is said with the way on."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.engine.locate import find_engine
from wizard.errors import EngineError


def fake(folder: Path, name: str, says: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\nprintf '%s\\n' '{says}'\n")
    path.chmod(0o755)
    return path


def test_tofu_comes_before_terraform(tmp_path: Path) -> None:
    fake(tmp_path, "terraform", "Terraform v1.12.0")
    tofu = fake(tmp_path, "tofu", "OpenTofu v1.10.3\non linux_amd64")
    engine = find_engine(search_path=str(tmp_path))
    assert (engine.kind, engine.version, engine.path) == ("tofu", "1.10.3", tofu)
    assert engine.registry == "registry.opentofu.org"


def test_a_tofu_that_is_too_old_gives_way_to_a_terraform_that_is_not(tmp_path: Path) -> None:
    fake(tmp_path, "tofu", "OpenTofu v1.9.0")
    fake(tmp_path, "terraform", "Terraform v1.11.4")
    assert find_engine(search_path=str(tmp_path)).kind == "terraform"


def test_what_the_operator_names_is_taken_and_nothing_else_is_tried(tmp_path: Path) -> None:
    fake(tmp_path, "tofu", "OpenTofu v1.10.3")
    named = fake(tmp_path / "own", "tf", "Terraform v1.13.0-rc1")
    assert find_engine(str(named), search_path=str(tmp_path)).version == "1.13.0-rc1"
    with pytest.raises(EngineError, match="terraform is not on PATH"):
        find_engine("terraform", search_path=str(tmp_path))
    with pytest.raises(EngineError, match="there is no engine at"):
        find_engine(str(tmp_path / "nowhere"), search_path=str(tmp_path))


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("Terraform v1.10.5", "needs 1.11 or later"),
        ("OpenTofu v1.9.9", "needs 1.10 or later"),
        ("bash 5.2", "said 'bash 5.2'"),
    ],
)
def test_an_engine_that_will_not_do_is_refused_with_its_reason(tmp_path: Path, says: str, why: str) -> None:
    named = fake(tmp_path, "engine", says)
    with pytest.raises(EngineError) as refused:
        find_engine(str(named), search_path="")
    assert why in refused.value.cause
    assert "--engine" in refused.value.action


def test_no_engine_at_all_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as refused:
        find_engine(search_path=str(tmp_path))
    assert "install OpenTofu 1.10 or later" in refused.value.action
