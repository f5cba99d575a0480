"""Storage on the disks that an instance comes with: whose data a stop takes, and which no other disk is taken for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.boot import boot
from assets.boot.boot import POOL, BootError, local_layout
from tests.boot.conftest import DISKS, VOLUMES, Machine, config
from tests.boot.test_storage import SIGNATURES, Sign


@pytest.fixture
def nvme(machine: Machine) -> Machine:
    """An ingestion node whose configuration names its own disks."""
    machine.configure(config(storage="nvme", volumes={"data": [], "slog": None}))
    return machine


def created(machine: Machine) -> list[str]:
    return [call for call in machine.calls("zpool") if "create" in call]


def outcome(machine: Machine) -> str:
    return str(machine.marker()["steps"]["storage"])


# What is made


def test_blank_disks_become_mirrored_pairs_without_a_log(nvme: Machine) -> None:
    disks = sorted(nvme.blank_disks(4))
    assert nvme.boot() == 0
    [create] = created(nvme)
    a, b, c, d = disks
    assert create.endswith(f"-m /springtail {POOL} mirror {a} {b} mirror {c} {d}")
    assert "ashift=12" in create
    assert " -f" not in create
    assert outcome(nvme).startswith("created, ONLINE, on the instance's own disks, which a stop blanks")
    assert "rebuilt" not in outcome(nvme)


def test_it_is_exported_as_a_pool_on_volumes_is(nvme: Machine) -> None:
    nvme.blank_disks(2)
    assert nvme.boot() == 0
    assert outcome(nvme).endswith("; exported to /springtail 10.64.0.0/18")
    assert nvme.path("/etc/exports.d/planewright.exports").is_file()


@pytest.mark.parametrize(
    ("disks", "layout"),
    [
        ("a", "a"),
        ("ab", "mirror a b"),
        ("abc", "mirror a b spare c"),
        ("abcd", "mirror a b mirror c d"),
        ("abcdefg", "mirror a b mirror c d mirror e f spare g"),
    ],
)
def test_disks_are_paired_and_an_odd_one_is_a_spare(disks: str, layout: str) -> None:
    assert " ".join(local_layout([*disks])) == layout


def test_no_device_that_counts_from_boot_to_boot_is_named(nvme: Machine) -> None:
    nvme.blank_disks(2)
    assert nvme.boot() == 0
    assert not [call for call in nvme.calls("zpool") if "/dev/nvme" in call]


# What is brought up again


def test_after_a_reboot_the_pool_is_imported_from_its_own_disks_only(nvme: Machine) -> None:
    disks = sorted(nvme.blank_disks(2))
    assert nvme.boot() == 0
    nvme.reboot()
    partition = Path(f"{disks[0]}-part1")
    partition.write_bytes(b"")  # ZFS puts the pool into a partition of each disk
    assert nvme.boot() == 0
    assert not created(nvme)
    places = f"-d {disks[0]} -d {partition} -d {disks[1]}"
    assert nvme.calls("zpool import") == [f"zpool import {places}", f"zpool import -f {places} {POOL}"]
    assert outcome(nvme).startswith("imported, ONLINE, on the instance's own disks")


def test_a_second_run_keeps_the_pool_even_if_a_disk_has_died(nvme: Machine) -> None:
    disks = nvme.blank_disks(2)
    assert nvme.boot() == 0
    nvme.forget_calls()
    for name in (disks[0], f"{disks[0]}_1"):
        Path(name).unlink()
    assert nvme.boot() == 0
    assert [call.split()[1] for call in nvme.calls("zpool")] == ["list", "list"]
    assert outcome(nvme).startswith("kept, ONLINE")


def test_after_a_stop_the_pool_is_made_again_and_says_that_the_data_is_gone(nvme: Machine) -> None:
    nvme.blank_disks(2)
    assert nvme.boot() == 0
    nvme.blank_disks(2)  # another host, whose disks are blank; the root volume is the same
    nvme.forget_calls()
    result = nvme.run_program()
    assert result.returncode == 0
    assert len(created(nvme)) == 1
    times = nvme.path(boot.MADE).read_text().splitlines()
    assert len(times) == 2
    told = f"created, ONLINE; made again at {times[1]} on blank disks: older data has to be rebuilt from the primary"
    assert outcome(nvme).startswith(told)
    assert f"storage: {told}" in result.stderr


def test_that_the_data_is_gone_is_said_until_the_node_is_another(nvme: Machine) -> None:
    for _ in range(2):
        nvme.blank_disks(2)
        assert nvme.boot() == 0
    nvme.reboot()
    assert nvme.boot() == 0
    assert outcome(nvme).startswith("imported, ONLINE; made again at ")
    assert len(nvme.path(boot.MADE).read_text().splitlines()) == 2


def test_a_pool_whose_making_was_not_noted_is_noted_when_it_is_seen(nvme: Machine) -> None:
    nvme.blank_disks(2)
    assert nvme.boot() == 0
    nvme.path(boot.MADE).unlink()  # as if the machine went down between the two
    nvme.reboot()
    assert nvme.boot() == 0
    nvme.blank_disks(2)
    assert nvme.boot() == 0
    assert "rebuilt from the primary" in outcome(nvme)


# What is never touched


@pytest.mark.parametrize("sign", SIGNATURES)
def test_one_disk_that_is_not_blank_stops_the_boot_and_nothing_is_touched(nvme: Machine, sign: Sign) -> None:
    disks = nvme.blank_disks(4)
    sign(Path(disks[2]))
    before = nvme.contents()
    assert nvme.boot() == 1
    assert nvme.marker()["failed"]["step"] == "storage"
    assert Path(disks[2]).name in nvme.marker()["failed"]["reason"]
    assert not created(nvme)
    assert nvme.contents() == before
    assert not nvme.path(boot.MADE).exists()


@pytest.mark.parametrize("state", ["UNAVAIL", "FAULTED"])
def test_a_pool_that_cannot_serve_is_left_for_a_person(nvme: Machine, state: str) -> None:
    nvme.blank_disks(2)
    (nvme.state / "importable").write_text(f"   pool: {POOL}\n  state: {state}\n")
    assert nvme.boot() == 1
    assert state in nvme.marker()["failed"]["reason"]
    assert not created(nvme)


def test_volumes_of_ebs_are_not_taken_for_disks_of_the_instance(nvme: Machine) -> None:
    disks = sorted(nvme.blank_disks(2))
    for volume in VOLUMES:
        nvme.volume(volume)
    before = {name: digest for name, digest in nvme.contents().items() if "Elastic_Block_Store" in name}
    assert nvme.boot() == 0
    [create] = created(nvme)
    assert create.endswith(f"mirror {disks[0]} {disks[1]}")
    assert before.items() <= nvme.contents().items()


def test_disks_of_the_instance_are_not_taken_for_volumes(machine: Machine) -> None:
    machine.blank_disks(4)
    machine.volumes()
    assert machine.boot() == 0
    [create] = created(machine)
    assert "Instance_Storage" not in create
    assert not machine.path(boot.MADE).exists()


# What comes late


def test_a_disk_that_udev_has_not_named_yet_is_waited_for(nvme: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    nvme.blank_disks(1)
    nvme.controller(2, boot.LOCAL_MODEL)
    sleep: Callable[[float], None] = nvme._sleep

    def named_meanwhile(seconds: float) -> None:
        sleep(seconds)
        if nvme.now == 2 * boot.PAUSE:
            nvme.named_disk(DISKS[1], 2)

    monkeypatch.setattr(nvme, "_sleep", named_meanwhile)
    assert nvme.boot() == 0
    [create] = created(nvme)
    assert " mirror " in create


def test_a_disk_that_is_never_named_stops_the_boot(nvme: Machine) -> None:
    nvme.blank_disks(1)
    nvme.controller(2, boot.LOCAL_MODEL)
    assert nvme.boot() == 1
    assert nvme.marker()["failed"]["reason"].startswith("1 of 2 NVMe disks of the instance's own are there")
    assert not created(nvme)


def test_an_instance_type_without_disks_is_named(nvme: Machine) -> None:
    nvme.volumes()
    assert nvme.boot() == 1
    assert nvme.marker()["failed"]["reason"].startswith("0 of 0 NVMe disks")
    assert not created(nvme)


# The configuration


def test_a_configuration_from_before_there_was_a_choice_means_volumes() -> None:
    read = boot.parse_config(json.dumps(config()))
    assert read.volumes is not None
    assert read.volumes.all == VOLUMES


@pytest.mark.parametrize(
    ("change", "named"), [({"storage": "tape"}, "unknown storage: tape"), ({"storage": "ebs", "volumes": None}, "read")]
)
def test_a_storage_that_it_cannot_make_is_refused(change: dict[str, Any], named: str) -> None:
    with pytest.raises(BootError, match=named):
        boot.parse_config(json.dumps(config() | change))
