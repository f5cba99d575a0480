"""Each step of the boot program but storage, on a machine in a directory."""

from __future__ import annotations

import hashlib
import json
import stat
from typing import Any

import pytest

from assets.boot import boot
from assets.boot.boot import BootError
from tests.boot.conftest import VOLUMES, Machine, certificate, config

# Configuration


def test_the_configuration_is_kept_for_those_who_come_after(machine: Machine) -> None:
    machine.configure(config("fdw"))
    assert machine.boot() == 0
    assert json.loads(machine.path(boot.CONFIG).read_text()) == config("fdw")


def test_a_configuration_that_cannot_be_had_is_waited_for_and_then_named(machine: Machine) -> None:
    (machine.state / "parameter_planewright_acme_node-config").unlink()
    assert machine.boot() == 1
    assert machine.now >= boot.CLOUD_SECONDS
    assert machine.marker()["failed"]["step"] == "configuration"
    assert "aws ssm get-parameter" in machine.marker()["failed"]["reason"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"format": 2}, "format 2"),
        ({"role": "mystery"}, "mystery"),
        ({"redis": {}}, "secret"),
        ({"database": None}, "cannot be read"),
        ({"volumes": {"data": list(VOLUMES[:3]), "slog": VOLUMES[4]}}, "pairs"),
        ({"volumes": {"data": list(VOLUMES[:4]), "slog": VOLUMES[0]}}, "all different"),
        ({"volumes": {"data": ["nvme1n1", "/dev/sdf"], "slog": VOLUMES[0]}}, "nvme1n1"),
        ({"volumes": {"data": [], "slog": VOLUMES[0]}}, "pairs"),
        ({"role": "fdw", "ingestion": {"host": "10.64.1.7\nWhat=/dev/sda"}}, "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_configuration_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(BootError, match=named):
        boot.parse_config(json.dumps(config() | change))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"format"'])
def test_what_is_no_configuration_is_refused(text: str) -> None:
    with pytest.raises(BootError, match="configuration"):
        boot.parse_config(text)


def test_without_its_environment_the_program_says_which_part_is_missing(machine: Machine) -> None:
    node = machine.node()
    node.environment = {key: value for key, value in node.environment.items() if key != "PW_REGION"}
    assert boot.boot(node) == 1
    assert "PW_REGION" in machine.marker()["failed"]["reason"]


# Packages


def test_packages_that_are_there_are_left_alone(machine: Machine) -> None:
    machine.configure(config("proxy"))
    assert machine.boot() == 0
    assert not machine.calls("apt-get")
    assert not machine.calls("snap")


def test_only_the_roles_missing_packages_are_installed(machine: Machine) -> None:
    machine.configure(config("fdw"))
    machine.installed("redis-tools")
    assert machine.boot() == 0
    assert machine.calls("apt-get")[-1].endswith("--no-install-recommends nfs-common postgresql-client")


def test_a_package_whose_files_alone_are_left_counts_as_missing(machine: Machine) -> None:
    (machine.state / "installed").write_text(
        "redis-tools config-files\nnfs-common installed\npostgresql-client installed\n"
    )
    machine.configure(config("fdw"))
    assert machine.boot() == 0
    assert machine.calls("apt-get")[-1].endswith(" redis-tools")


def test_a_busy_apt_is_tried_again(machine: Machine) -> None:
    machine.configure(config("fdw"))
    machine.installed()
    (machine.state / "apt_fails").write_text("3")
    assert machine.boot() == 0


def test_an_apt_that_stays_away_ends_in_its_own_words(machine: Machine) -> None:
    machine.installed()
    (machine.state / "apt_fails").write_text("1000")
    assert machine.boot() == 1
    assert machine.marker()["failed"] == {
        "step": "packages",
        "reason": "apt-get -o DPkg::Lock::Timeout=300 update ended with 100: Could not get lock",
    }


def test_the_aws_cli_comes_as_a_snap_where_there_is_none(machine: Machine) -> None:
    (machine.fakes / "aws").rename(machine.fakes / "not-aws")
    snap = machine.fakes / "snap"
    made = machine.path("/snap/bin/aws")
    made.parent.mkdir(parents=True)
    snap.write_text(
        f'#!/bin/sh\necho "snap $*" >> "$LOG"\n'
        f'mv "{machine.fakes}/not-aws" "{machine.fakes}/aws"\nln -s "{machine.fakes}/aws" "{made}"\n'
    )
    machine.configure(config("fdw"))
    assert machine.boot() == 0
    assert machine.calls("snap") == ["snap install aws-cli --classic"]
    assert machine.path("/usr/local/bin/aws").resolve() == (machine.fakes / "aws").resolve()


# The certificate authority


def authority_of(machine: Machine, kind: str, region: str = "us-east-1") -> int:
    changed = config("fdw", region=region)
    changed["database"]["ca"] = {"kind": kind, "parameter": "/planewright/acme/database-ca" if kind == "pem" else None}
    machine.configure(changed)
    return machine.boot()


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "truststore.pki.rds.amazonaws.com"),
        ("us-gov-east-1", "truststore.pki.us-gov-west-1.rds.amazonaws.com"),
        ("cn-northwest-1", "rds-truststore.s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_amazons_bundle_comes_from_the_partitions_own_store(
    machine: Machine, authority: str, region: str, host: str
) -> None:
    machine.bundle = authority.encode()
    assert authority_of(machine, "rds", region) == 0
    assert machine.downloads == [f"https://{host}/global/global-bundle.pem"]
    assert machine.path(boot.AUTHORITY).read_text() == authority


def test_the_systems_bundle_is_copied(machine: Machine, authority: str) -> None:
    bundle = machine.path("/etc/ssl/certs/ca-certificates.crt")
    bundle.parent.mkdir(parents=True)
    bundle.write_text(authority + certificate(is_ca=True)[0])
    assert authority_of(machine, "system") == 0
    assert machine.path(boot.AUTHORITY).read_text() == bundle.read_text()
    assert machine.marker()["steps"]["certificate_authority"] == "system, 2 certificates"


def test_an_authority_of_ones_own_comes_from_its_parameter(machine: Machine, authority: str) -> None:
    assert authority_of(machine, "pem") == 0
    assert machine.path(boot.AUTHORITY).read_text() == authority
    assert stat.S_IMODE(machine.path(boot.AUTHORITY).stat().st_mode) == 0o644


@pytest.mark.parametrize(
    "bundle",
    [b"", b"<html>proxy login</html>", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", b"\xff"],
)
def test_what_is_no_bundle_never_takes_the_place_of_one(machine: Machine, authority: str, bundle: bytes) -> None:
    machine.bundle = authority.encode()
    assert authority_of(machine, "rds") == 0
    machine.bundle = bundle
    assert machine.boot() == 1
    assert machine.marker()["failed"]["step"] == "certificate_authority"
    assert machine.path(boot.AUTHORITY).read_text() == authority


def test_a_store_that_does_not_answer_is_named(machine: Machine) -> None:
    machine.bundle = TimeoutError("timed out")
    assert authority_of(machine, "rds") == 1
    assert "global-bundle.pem: timed out" in machine.marker()["failed"]["reason"]


def test_a_key_or_a_mere_server_certificate_is_no_authority() -> None:
    leaf, key = certificate(is_ca=False)
    with pytest.raises(BootError, match="no authority"):
        boot.check_certificates(leaf)
    with pytest.raises(BootError, match="private key"):
        boot.check_certificates(leaf + key)


# NFS


def test_ingestion_exports_read_only_to_its_own_subnet_and_only_what_is_mounted(machine: Machine) -> None:
    machine.volumes()
    assert machine.boot() == 0
    line = machine.path("/etc/exports.d/planewright.exports").read_text()
    assert line == "/springtail 10.64.0.0/18(ro,mp,sync,no_subtree_check,root_squash)\n"
    assert "vers3=n" in machine.path("/etc/nfs.conf.d/planewright.conf").read_text()
    calls = machine.calls()
    pool = next(index for index, call in enumerate(calls) if call.startswith("zpool create"))
    assert pool < calls.index("systemctl restart nfs-server") < calls.index("exportfs -ra")


@pytest.mark.parametrize("role", ["proxy", "fdw"])
def test_the_others_mount_it_read_only_with_nfs_4_2(machine: Machine, role: str) -> None:
    machine.configure(config(role))
    assert machine.boot() == 0
    unit = machine.path("/etc/systemd/system/springtail.mount").read_text()
    assert "What=10.64.1.7:/springtail\nWhere=/springtail\nType=nfs4\nOptions=ro,vers=4.2," in unit
    assert not machine.calls("zpool")


def test_an_ingestion_node_that_is_not_ready_is_waited_for(machine: Machine) -> None:
    machine.configure(config("fdw"))
    (machine.state / "mount_fails").write_text("20")
    assert machine.boot() == 0
    assert machine.now == 20 * boot.PAUSE


def test_a_new_ingestion_node_is_mounted_anew_and_an_old_one_left_mounted(machine: Machine) -> None:
    machine.configure(config("fdw"))
    assert machine.boot() == 0
    machine.forget_calls()
    assert machine.boot() == 0
    assert "systemctl start springtail.mount" in machine.calls()
    machine.configure(config("fdw", ingestion={"host": "10.64.1.9"}))
    assert machine.boot() == 0
    assert "systemctl restart springtail.mount" in machine.calls()


# The product's package

URI = "s3://packages/springtail/1.2.tar.gz"
BYTES = b"what was built"
SHA256 = hashlib.sha256(BYTES).hexdigest()


def with_package(machine: Machine, content: bytes) -> int:
    (machine.state / "package").write_bytes(content)
    machine.configure(config("fdw", package={"uri": URI, "sha256": SHA256}))
    return machine.boot()


def test_the_package_is_put_in_place_once_it_is_what_was_named(machine: Machine) -> None:
    assert with_package(machine, BYTES) == 0
    assert machine.path(f"{boot.PACKAGES}/{SHA256}.tar.gz").read_bytes() == BYTES
    assert machine.marker()["package"] == "verified"
    machine.forget_calls()
    assert machine.boot() == 0
    assert not machine.calls("aws s3")


def test_any_other_bytes_are_refused_and_leave_nothing(machine: Machine) -> None:
    assert with_package(machine, BYTES + b"!") == 1
    assert machine.marker()["failed"]["step"] == "package"
    assert SHA256 in machine.marker()["failed"]["reason"]
    assert list(machine.path(boot.PACKAGES).iterdir()) == []


def test_bytes_that_were_changed_in_place_are_fetched_anew(machine: Machine) -> None:
    assert with_package(machine, BYTES) == 0
    place = machine.path(f"{boot.PACKAGES}/{SHA256}.tar.gz")
    place.write_bytes(b"tampered")
    assert machine.boot() == 0
    assert place.read_bytes() == BYTES


def test_without_a_package_the_marker_says_so(machine: Machine) -> None:
    machine.configure(config("fdw"))
    assert machine.boot() == 0
    assert machine.marker()["package"] == "absent"
