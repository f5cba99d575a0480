"""Secrets reach the services through /run, and nothing else ever holds one."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.boot import boot
from assets.boot.boot import BootError
from tests.boot.conftest import Machine, certificate, config

CANARY = "canary-7f3a $`\"'\\ end"


def booted(machine: Machine, role: str = "proxy") -> None:
    machine.configure(config(role, package={"uri": "s3://packages/a/b.tar.gz", "sha256": "0" * 64}))
    boot.fetch_config(machine.node())
    machine.secret("redis/password/acme", CANARY)
    chain, key = certificate(is_ca=False)
    machine.secret("sk/acme/proxy_tls", json.dumps({"certificate_chain": chain, "private_key": key}))


def test_a_service_gets_what_the_coordinator_needs(machine: Machine) -> None:
    booted(machine)
    boot.fetch_secrets(machine.node())
    lines = machine.path("/run/planewright/secrets.env").read_text().splitlines()
    names = {line.partition("=")[0] for line in lines}
    assert {"SNS_TOPIC_ARN", "S3_BUCKET", "REDIS_PASSWORD", "REDIS_USER", "DATABASE_INSTANCE_ID"} <= names
    assert 'S3_BUCKET="packages"' in lines


def test_only_root_may_read_them(machine: Machine) -> None:
    booted(machine)
    boot.fetch_secrets(machine.node())
    directory = machine.path("/run/planewright")
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()} == {0o600}


def test_a_proxys_certificate_is_split_into_chain_and_key(machine: Machine) -> None:
    booted(machine)
    boot.fetch_secrets(machine.node())
    assert machine.path("/run/planewright/proxy-tls.crt").read_text().count("BEGIN CERTIFICATE") == 1
    assert "PRIVATE KEY" in machine.path("/run/planewright/proxy-tls.key").read_text()


def test_other_roles_ask_for_no_key(machine: Machine) -> None:
    booted(machine, "fdw")
    boot.fetch_secrets(machine.node())
    assert not machine.path("/run/planewright/proxy-tls.key").exists()
    assert not [call for call in machine.calls("aws") if "proxy_tls" in call]


def test_nothing_outside_of_run_and_no_argument_holds_a_secret(machine: Machine) -> None:
    booted(machine)
    held = certificate(is_ca=False)
    machine.secret("sk/acme/proxy_tls", "".join(held))
    result = machine.run_program("secrets")
    assert result.returncode == 0, result.stderr
    assert CANARY not in result.stdout + result.stderr
    assert not [call for call in machine.calls() if CANARY in call]
    needles = [CANARY.encode(), held[1].splitlines()[1].encode(), json.dumps(CANARY).encode()]
    for file in machine.root.rglob("*"):
        if file.is_file() and not file.is_relative_to(machine.path("/run")):
            assert not any(needle in file.read_bytes() for needle in needles), file


def test_a_secret_without_a_value_ends_in_awss_words_and_leaves_no_file(machine: Machine) -> None:
    booted(machine)
    (machine.state / "secret_redis_password_acme").unlink()
    result = machine.run_program("secrets")
    assert result.returncode == 1
    assert "secretsmanager get-secret-value" in result.stderr
    assert not machine.path("/run/planewright/secrets.env").exists()


def test_an_answer_that_is_no_json_is_not_repeated(machine: Machine) -> None:
    booted(machine)
    (machine.state / "secret_redis_password_acme").write_text(CANARY)
    result = machine.run_program("secrets")
    assert result.returncode == 1
    assert "canary" not in result.stderr


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp"]), min_size=1))
def test_every_printable_value_comes_back_out_of_a_line(value: str) -> None:
    try:
        line = boot.environment_line("NAME", value)
    except BootError:
        assert not value.isprintable()
        return
    # systemd's double quotes take the same escapes as the shell's.
    said = line.removeprefix('NAME="').removesuffix('"\n')
    plain, escaped = "", False
    for character in said:
        if escaped:
            assert character in '"\\$`'
        else:
            assert character not in '"$`'
        if character == "\\" and not escaped:
            escaped = True
            continue
        plain, escaped = plain + character, False
    assert plain == value


def test_a_shell_reads_the_line_as_it_was_meant() -> None:
    line = boot.environment_line("NAME", CANARY)
    read = subprocess.run(
        [shutil.which("sh") or "sh", "-c", f'{line}printf %s "$NAME"'], capture_output=True, text=True, check=True
    )
    assert read.stdout == CANARY


@pytest.mark.parametrize("value", ["two\nlines", "nul\0", "\x1b[0m"])
def test_a_value_that_would_break_out_of_its_line_is_refused_without_being_told(value: str) -> None:
    with pytest.raises(BootError) as refused:
        boot.environment_line("NAME", value)
    assert value not in str(refused.value)


@pytest.mark.parametrize("secret", ["", "{}", "[]", "not pem"])
def test_a_tls_secret_without_certificate_and_key_is_refused(secret: str) -> None:
    with pytest.raises(BootError, match="0 certificates and 0 keys"):
        boot.pem_parts(secret)


def test_the_unit_is_installed_but_not_started_before_there_are_values(machine: Machine) -> None:
    machine.configure(config("proxy"))
    assert machine.boot() == 0
    unit = machine.path("/etc/systemd/system/planewright-secrets.service").read_text()
    assert "ExecStart=/usr/bin/python3 /opt/planewright/boot.py secrets\n" in unit
    assert "RemainAfterExit" not in unit  # so that each start of a service fetches anew
    assert not [call for call in machine.calls("systemctl") if "planewright-secrets" in call]
