"""A mirror is found where it usually is, serves one engine only, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.engine.locate import EngineKind
from wizard.engine.mirrors import (
    Mirror,
    Search,
    cli_config,
    find_mirror,
    plugin_cache_dir,
    plugin_cache_of,
    satisfies,
    this_platform,
    write_cli_config,
)
from wizard.errors import EngineError

TERRAFORM, TOFU = "registry.terraform.io", "registry.opentofu.org"


def unpacked(root: Path, host: str, version: str = "5.100.0") -> Path:
    (root / host / "hashicorp" / "aws" / version / this_platform()).mkdir(parents=True)
    return root


def packed(root: Path, host: str, version: str = "5.100.0") -> Path:
    folder = root / host / "hashicorp" / "aws"
    folder.mkdir(parents=True)
    (folder / f"terraform-provider-aws_{version}_{this_platform()}.zip").touch()
    return root


def search(tmp_path: Path, kind: EngineKind = "terraform", option: Path | None = None, **environ: str) -> Search:
    return find_mirror(
        kind,
        option=option,
        environ={"XDG_DATA_DIRS": "/nonexistent", **environ},
        home=tmp_path / "home",
        roots=(tmp_path / "opt",),
    )


def test_a_mirror_under_a_usual_root_is_found_packed_or_not(tmp_path: Path) -> None:
    assert search(tmp_path) == Search(None)
    unpacked(tmp_path / "opt" / "vendor" / "plugins", TERRAFORM)
    found = search(tmp_path).mirror
    assert found is not None
    assert found.location == str(tmp_path / "opt" / "vendor" / "plugins")
    packed(tmp_path / "opt" / "tofu-plugins", TOFU)
    other = search(tmp_path, "tofu").mirror
    assert other is not None
    assert other.location.endswith("tofu-plugins")


def test_the_look_is_shallow(tmp_path: Path) -> None:
    unpacked(tmp_path / "opt" / "a" / "b" / "c", TERRAFORM)
    assert search(tmp_path).mirror is None


def test_a_mirror_laid_out_for_the_other_engine_does_not_serve_and_is_named(tmp_path: Path) -> None:
    root = unpacked(tmp_path / "opt" / "plugins", TERRAFORM)
    found = search(tmp_path, "tofu")
    assert found.mirror is None
    assert "laid out for registry.terraform.io, and OpenTofu looks under registry.opentofu.org" in found.notes[0]
    with pytest.raises(EngineError, match="does not serve OpenTofu") as refused:
        search(tmp_path, "tofu", option=root)
    assert "tofu providers mirror" in refused.value.action


def test_what_the_operator_names_wins(tmp_path: Path) -> None:
    unpacked(tmp_path / "opt" / "plugins", TERRAFORM)
    own = packed(tmp_path / "own", TERRAFORM)
    assert search(tmp_path, option=own).mirror == Mirror(str(own), "--mirror")
    with pytest.raises(EngineError, match="does not serve Terraform"):
        search(tmp_path, option=tmp_path / "gone")


def test_a_mirror_with_another_version_or_platform_does_not_serve(tmp_path: Path) -> None:
    unpacked(tmp_path / "opt" / "old", TERRAFORM, "5.60.0")
    (tmp_path / "opt" / "mac" / TERRAFORM / "hashicorp" / "aws" / "5.100.0" / "plan9_mips").mkdir(parents=True)
    found = search(tmp_path)
    assert found.mirror is None
    assert any("version 5.60.0, and ~> 5.100 is needed" in note for note in found.notes)
    assert any(f"no build for {this_platform()}" in note for note in found.notes)


def test_the_engines_own_configuration_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    mirror = unpacked(tmp_path / "m", TERRAFORM)
    rc = tmp_path / "rc"
    rc.write_text(
        f'# filesystem_mirror {{ path = "/no" }}\nprovider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
    )
    found = search(tmp_path, TF_CLI_CONFIG_FILE=str(rc)).mirror
    assert found == Mirror(str(mirror), f"named in {rc}")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".terraformrc").write_text(
        'provider_installation { network_mirror { url = "https://m.example/" } }'
    )
    network = search(tmp_path, TF_CLI_CONFIG_FILE=str(tmp_path / "gone")).mirror
    assert network is not None
    assert (network.location, network.network) == ("https://m.example/", True)


def test_directories_that_the_engine_implies_are_looked_at(tmp_path: Path) -> None:
    unpacked(tmp_path / "home" / ".terraform.d" / "plugins", TERRAFORM)
    assert search(tmp_path).mirror is not None


def test_with_a_mirror_the_registry_is_not_asked_for_the_provider(tmp_path: Path) -> None:
    text = cli_config(Mirror('/a "b"', "x"), tmp_path)
    assert 'path = "/a \\"b\\""' in text
    assert text.count("registry.terraform.io/hashicorp/aws") == 2
    assert "disable_checkpoint = true" in text
    assert "provider_installation" not in cli_config(None, tmp_path)


def test_what_a_mirror_holds_unpacked_needs_no_cache_in_between(tmp_path: Path) -> None:
    mirror = unpacked(tmp_path / "mirror", TERRAFORM)
    path = write_cli_config(tmp_path, Mirror(str(mirror), "x"), {"XDG_CACHE_HOME": str(tmp_path / "cache")}, tmp_path)
    assert plugin_cache_of(path) is None
    assert not (tmp_path / "cache").exists()
    network = Mirror("https://m.example/", "x", network=True)
    path = write_cli_config(tmp_path, network, {"XDG_CACHE_HOME": str(tmp_path / "cache")}, tmp_path)
    assert plugin_cache_of(path) is not None


def test_the_configuration_is_written_beside_a_shared_cache(tmp_path: Path) -> None:
    path = write_cli_config(tmp_path, None, {"XDG_CACHE_HOME": str(tmp_path / "cache")}, tmp_path)
    assert (tmp_path / "cache" / "planewright" / "plugins").is_dir()
    assert str(tmp_path / "cache") in path.read_text()


@pytest.mark.parametrize(
    ("version", "wanted", "meets"),
    [
        ("5.100.0", "~> 5.100", True),
        ("5.101.2", "~> 5.100", True),
        ("5.99.9", "~> 5.100", False),
        ("6.0.0", "~> 5.100", False),
        ("5.100.3", "~> 5.100.1", True),
        ("5.101.0", "~> 5.100.1", False),
        ("5.100.0", "5.100.0", True),
    ],
)
def test_a_pessimistic_constraint(version: str, wanted: str, meets: bool) -> None:
    assert satisfies(version, wanted) is meets


def test_the_cache_of_a_configuration_is_the_one_it_was_written_with(tmp_path: Path) -> None:
    home = tmp_path / 'a "home"'
    path = write_cli_config(tmp_path, None, {}, home)
    assert plugin_cache_of(path) == plugin_cache_dir({}, home)
