"""Storage on ingestion: what holds anything is never formatted. Signatures are real ones, on image files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from assets.boot.boot import POOL, Seen, content_of, create_command, decide_storage, parse_importable
from tests.boot.conftest import MIB, VOLUMES, Machine


def ext4(image: Path) -> None:
    subprocess.run(["/usr/sbin/mkfs.ext4", "-q", "-F", str(image)], check=True)


def swap(image: Path) -> None:
    subprocess.run(["/usr/sbin/mkswap", str(image)], check=True, capture_output=True)


def zfs(image: Path) -> None:
    # The uberblocks of ZFS's first label: 128 KiB into it, one each KiB, known by their magic number. blkid looks for
    # them from 64 MiB on only; below, the bytes themselves have to tell.
    os.truncate(image, 80 * MIB)
    with image.open("r+b") as file:
        for index in range(8):
            file.seek((128 + index) * 1024)
            file.write((0x00BAB10C).to_bytes(8, "little"))


def data_at_the_start(image: Path) -> None:
    with image.open("r+b") as file:
        file.seek(4096)
        file.write(b"rows of a database that no tool knows")


def data_at_the_end(image: Path) -> None:
    with image.open("r+b") as file:
        file.seek(-512, 2)
        file.write(b"x")


Sign = Callable[[Path], None]
SIGNATURES: list[Sign] = [ext4, swap, zfs, data_at_the_start, data_at_the_end]


@pytest.mark.parametrize("sign", SIGNATURES)
@pytest.mark.parametrize("volume", [VOLUMES[0], VOLUMES[4]])
def test_one_volume_that_is_not_blank_stops_the_boot_and_nothing_is_touched(
    machine: Machine, sign: Sign, volume: str
) -> None:
    machine.volumes()
    sign(machine.image(volume))
    before = machine.contents()
    assert machine.boot() == 1
    assert machine.marker()["failed"]["step"] == "storage"
    assert volume in machine.marker()["failed"]["reason"]
    assert not [call for call in machine.calls("zpool") if "create" in call or "-f" in call]
    assert machine.contents() == before


@pytest.mark.parametrize(
    ("sign", "word"), [(ext4, "ext4"), (swap, "swap"), (zfs, "zfs_member"), (data_at_the_end, "unknown")]
)
def test_what_a_volume_holds_is_named(machine: Machine, sign: Sign, word: str) -> None:
    image = machine.volume(VOLUMES[0])
    assert content_of(machine.node(), image) == ""
    sign(image)
    assert word in content_of(machine.node(), image)


def test_blank_volumes_become_mirrored_pairs_and_a_log(machine: Machine) -> None:
    machine.volumes()
    assert machine.boot() == 0
    [create] = [call for call in machine.calls("zpool") if "create" in call]
    a, b, c, d, log = (str(machine.image(volume)) for volume in VOLUMES)
    assert create.endswith(f"{POOL} mirror {a} {b} mirror {c} {d} log {log}")
    assert "ashift=12" in create
    assert " -f" not in create
    assert machine.marker()["steps"]["storage"].startswith("created, ONLINE")


def test_a_pool_that_is_found_on_a_new_node_is_imported_even_though_another_machine_had_it(machine: Machine) -> None:
    machine.volumes()
    assert machine.boot() == 0
    (machine.state / "health").unlink()  # a replaced node: same volumes, nothing imported
    for volume in VOLUMES:
        zfs(machine.image(volume))
    machine.forget_calls()
    assert machine.boot() == 0
    assert [call for call in machine.calls("zpool") if "import -f" in call]
    assert not [call for call in machine.calls("zpool") if "create" in call]
    assert machine.marker()["steps"]["storage"].startswith("imported, ONLINE")


def test_a_second_run_keeps_the_pool(machine: Machine) -> None:
    machine.volumes()
    assert machine.boot() == 0
    machine.forget_calls()
    assert machine.boot() == 0
    assert [call.split()[1] for call in machine.calls("zpool")] == ["list", "list"]
    assert not machine.calls("systemctl restart")
    assert machine.marker()["steps"]["storage"].startswith("kept, ONLINE")


def test_volumes_that_come_late_are_waited_for(machine: Machine) -> None:
    for volume in VOLUMES[:3]:
        machine.volume(volume)
    machine.late = {60.0: VOLUMES[3], 120.0: VOLUMES[4]}
    assert machine.boot() == 0
    assert machine.now >= 120


@pytest.mark.parametrize("pool_is_there", [False, True])
def test_volumes_that_never_come_stop_the_boot_even_if_a_pool_could_be_imported(
    machine: Machine, pool_is_there: bool
) -> None:
    for volume in VOLUMES[:4]:
        machine.volume(volume)
    if pool_is_there:
        (machine.state / "importable").write_text("   pool: springtail\n  state: DEGRADED\n")
    assert machine.boot() == 1
    reason = machine.marker()["failed"]["reason"]
    assert VOLUMES[4] in reason
    assert VOLUMES[0] not in reason
    assert {call.split()[1] for call in machine.calls("zpool")} == {"list"}


def test_the_kernels_name_with_a_namespace_serves_as_well(machine: Machine) -> None:
    machine.volumes()
    for volume in VOLUMES:
        image = machine.image(volume)
        image.rename(image.with_name(f"{image.name}_1"))
    assert machine.boot() == 0


def test_a_broken_blkid_does_not_make_a_volume_blank(machine: Machine) -> None:
    machine.volumes()
    script = machine.fakes / "blkid"
    script.write_text("#!/bin/sh\nexit 1\n")
    script.chmod(0o755)
    assert machine.boot() == 1
    assert not [call for call in machine.calls("zpool") if "create" in call]


def test_what_one_reader_of_signatures_misses_the_other_names(machine: Machine) -> None:
    image = machine.volume(VOLUMES[0])
    ext4(image)
    script = machine.fakes / "blkid"
    script.write_text("#!/bin/sh\nexit 2\n")
    script.chmod(0o755)
    assert content_of(machine.node(), image) == "ext4"


def test_a_volume_that_gives_no_bytes_is_not_blank(machine: Machine) -> None:
    machine.volumes()
    machine.image(VOLUMES[0]).write_bytes(b"")  # blkid ends with 2 here, as it does where it finds nothing
    assert machine.boot() == 1
    assert not [call for call in machine.calls("zpool") if "create" in call]


def test_only_what_is_whole_blank_and_unclaimed_is_ever_created() -> None:
    imported = ["", "ONLINE", "DEGRADED", "SUSPENDED", "FAULTED"]
    missing: list[tuple[str, ...]] = [(), ("vol-1",)]
    importable: list[tuple[str, ...]] = [(), ("ONLINE",), ("DEGRADED",), ("UNAVAIL",), ("ONLINE", "ONLINE")]
    occupied: list[dict[str, str]] = [{}, {"vol-2": "ext4"}]
    for parts in product(imported, missing, importable, occupied):
        action = decide_storage(Seen(*parts)).action
        assert (action == "create") == (parts == ("", (), (), {}))
        if action == "import":
            assert parts[0] == ""
            assert not parts[1]
            assert parts[2] in [("ONLINE",), ("DEGRADED",)]
        if action == "keep":
            assert parts[0] in ("ONLINE", "DEGRADED")


def test_pools_of_other_names_are_not_ours() -> None:
    listing = (
        "   pool: tank\n     id: 1\n  state: ONLINE\n status: x\n config:\n\n\ttank  ONLINE\n\n"
        "   pool: springtail\n     id: 2\n  state: DEGRADED\n"
    )
    assert parse_importable(listing) == ("DEGRADED",)
    assert parse_importable("") == ()


def test_eight_volumes_are_four_pairs() -> None:
    layout = create_command([*"abcdefgh", "s"])
    assert " ".join(layout).endswith(f"{POOL} mirror a b mirror c d mirror e f mirror g h log s")
