"""The proxy's certificate and key, before they are stored."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.aws.certificates import certificate_pem, key_pem, new_key
from wizard.aws.tls_material import TlsMaterial, require_valid
from wizard.errors import InputError

HOST = "springtail.acme.example.com"
KEY = new_key()
LEAF = certificate_pem(KEY, HOST, issuer=new_key())


def refusal(material: TlsMaterial, host: str = HOST) -> str:
    with pytest.raises(InputError) as caught:
        require_valid(material, host)
    return str(caught.value)


def test_a_certificate_with_its_own_key_and_name_is_good_whoever_signed_it() -> None:
    require_valid(TlsMaterial(LEAF, key_pem(KEY)), HOST)


def test_the_certificates_that_lead_to_its_authority_may_follow() -> None:
    other = new_key()
    require_valid(TlsMaterial(LEAF + certificate_pem(other, "authority"), key_pem(KEY)), HOST)


def test_a_wildcard_covers_the_name() -> None:
    require_valid(TlsMaterial(certificate_pem(KEY, "*.acme.example.com"), key_pem(KEY)), HOST)


def test_somebody_elses_key_is_refused() -> None:
    assert "not this certificate's" in refusal(TlsMaterial(LEAF, key_pem(new_key())))


def test_another_name_is_refused_naming_ours() -> None:
    assert HOST in refusal(TlsMaterial(certificate_pem(KEY, "proxy.globex.example.com"), key_pem(KEY)))


def test_without_a_host_in_the_answers_no_name_is_checked() -> None:
    require_valid(TlsMaterial(LEAF, key_pem(KEY)), "")


def test_an_expired_certificate_is_refused() -> None:
    old = certificate_pem(KEY, HOST, ends_in=timedelta(days=-1))
    assert "expired" in refusal(TlsMaterial(old, key_pem(KEY)))


def test_an_encrypted_key_is_refused_and_nobody_is_asked_for_its_password() -> None:
    assert "encrypted" in refusal(TlsMaterial(LEAF, key_pem(KEY, password=b"x")))


@pytest.mark.parametrize(
    ("material", "what"),
    [
        (TlsMaterial("not PEM", key_pem(KEY)), "no certificate"),
        (TlsMaterial(LEAF, "not PEM"), "no private key"),
        (TlsMaterial(key_pem(KEY), LEAF), "no certificate"),
        (TlsMaterial(LEAF[:200] + LEAF[240:], key_pem(KEY)), "damaged"),
        (TlsMaterial(LEAF * 100, key_pem(KEY)), "larger than"),
    ],
)
def test_what_is_no_pair_is_refused(material: TlsMaterial, what: str) -> None:
    assert what in refusal(material)


def test_the_key_is_never_shown_and_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    body = key_pem(KEY).splitlines()[1]
    material = TlsMaterial(LEAF, key_pem(KEY))
    require_valid(material, HOST)
    assert body not in repr(material)
    assert body not in refusal(TlsMaterial(certificate_pem(new_key(), HOST), key_pem(KEY)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", [KEY, new_key()], ids=["its own", "another"])
def test_where_there_is_no_memory_file_a_pipe_does(monkeypatch: pytest.MonkeyPatch, key: object) -> None:
    monkeypatch.delattr(os, "memfd_create")
    if key is KEY:
        require_valid(TlsMaterial(LEAF, key_pem(KEY)), HOST)
    else:
        assert "not this certificate's" in refusal(TlsMaterial(LEAF, key_pem(new_key())))


def test_no_file_descriptor_is_left_open() -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(5):
        require_valid(TlsMaterial(LEAF, key_pem(KEY)), HOST)
    assert len(list(Path("/dev/fd").iterdir())) == before
