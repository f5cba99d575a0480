"""OpenTofu's own key verifies OpenTofu's own signature, offline; nothing else passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.release_server import Signing
from wizard.engine import release_signature
from wizard.engine.release import FINGERPRINT, checksum_of, release
from wizard.engine.release_signature import OPENTOFU_KEY, spaced, verify
from wizard.errors import EngineError

# Published by the OpenTofu project with release 1.8.5, byte for byte.
SUMS = (Path(__file__).parent / "releases" / "tofu_1.8.5_SHA256SUMS").read_bytes()
SIGNATURE = (Path(__file__).parent / "releases" / "tofu_1.8.5_SHA256SUMS.gpgsig").read_bytes()


def test_a_real_release_is_verified_with_the_key_that_comes_along() -> None:
    signer = verify(SUMS, SIGNATURE)
    assert signer.fingerprint == FINGERPRINT
    assert signer.whose == "OpenTofu (This key is used to sign opentofu providers) <core@opentofu.org>"
    assert signer.shipped
    assert signer.signed is not None
    assert signer.signed.isoformat() == "2024-11-04T20:32:39+00:00"
    assert checksum_of(SUMS, "tofu_1.8.5_linux_amd64.tar.gz") == (
        "dc46f945f3718769604561c9bad569841443ffcc6e0b970d4dbc5bd224a52941"
    )


@pytest.mark.parametrize(
    "altered",
    [SUMS + b"\n", SUMS[:-1], SUMS.replace(b"dc46f945", b"dc46f946"), b""],
    ids=["a line more", "a byte less", "another checksum", "nothing"],
)
def test_one_byte_of_the_list_that_is_another_is_refused(altered: bytes) -> None:
    with pytest.raises(EngineError, match="not signed by whom they should be") as refused:
        verify(altered, SIGNATURE)
    assert spaced(FINGERPRINT) in refused.value.cause
    assert "backtrace" not in str(refused.value)


@pytest.mark.parametrize("junk", [b"", b"hello", OPENTOFU_KEY.read_bytes(), SIGNATURE[:200]])
def test_what_is_no_signature_is_refused(junk: bytes) -> None:
    with pytest.raises(EngineError, match="not signed by whom they should be") as refused:
        verify(SUMS, junk)
    assert "\n" not in refused.value.cause


def test_a_good_signature_of_another_key_is_refused_and_told_by_name(tmp_path: Path) -> None:
    other = Signing()
    with pytest.raises(EngineError) as refused:
        verify(SUMS, other.sign(SUMS))
    assert spaced(FINGERPRINT) in refused.value.cause
    assert verify(SUMS, other.sign(SUMS), key=other.public(tmp_path)).fingerprint == other.fingerprint
    with pytest.raises(EngineError):
        verify(SUMS, SIGNATURE, key=other.public(tmp_path))


def test_a_key_file_that_is_none_is_refused_before_anything_is_believed(tmp_path: Path) -> None:
    file = tmp_path / "key.asc"
    with pytest.raises(EngineError, match="cannot be used"):
        verify(SUMS, SIGNATURE, key=file)
    file.write_text("not a key")
    with pytest.raises(EngineError, match="cannot be used"):
        verify(SUMS, SIGNATURE, key=file)


def test_another_key_in_the_place_of_opentofus_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Signing()
    monkeypatch.setattr(release_signature, "OPENTOFU_KEY", other.public(tmp_path))
    with pytest.raises(EngineError, match="cannot be used") as refused:
        verify(SUMS, other.sign(SUMS))
    assert spaced(FINGERPRINT) in refused.value.cause


@pytest.mark.parametrize(
    ("version", "platform", "said"),
    [
        ("latest", "linux_amd64", "no version of OpenTofu"),
        ("1.12", "linux_amd64", "no version of OpenTofu"),
        ("1.12.6/../../x", "linux_amd64", "no version of OpenTofu"),
        ("1.9.4", "linux_amd64", "too old"),
        ("1.12.6", "linux_riscv64", "no build of OpenTofu for this machine"),
    ],
)
def test_what_is_no_release_is_not_looked_for(version: str, platform: str, said: str) -> None:
    with pytest.raises(EngineError, match=said) as refused:
        release(version, platform)
    assert refused.value.action
