"""The register of faults, its page, and how a fault is chosen; what each of them does is tested on worlds."""

from __future__ import annotations

import re

import pytest

from tests.verify.world import FakeReads, look
from wizard.errors import UsageError
from wizard.rehearsal.fault_page import markdown
from wizard.rehearsal.faults import FAULTS, chosen, fault
from wizard.rehearsal.journey import recognised


def test_every_fault_has_a_row_with_its_hop_its_remedy_and_what_is_done() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("| `")]

    assert {re.match(r"\| `([a-z-]+)`", row)[1] for row in rows} == {one.name for one in FAULTS}  # type: ignore[index]
    for one in FAULTS:
        of = [row for row in rows if row.startswith(f"| `{one.name}`")]
        assert all(one.does in row for row in of)
        for named in one.named.values():
            assert any((f"`{named.hop}` | {named.remedy}" if named else one.otherwise) in row for row in of)


def test_a_fault_that_no_hop_shows_says_what_happens_instead() -> None:
    assert all(one.otherwise for one in FAULTS if None in one.named.values())


def test_what_cannot_be_taken_back_says_so() -> None:
    assert {one.name for one in FAULTS if one.off is None} == {"peering-rejected", "peering-expired"}
    assert all("new request" in one.mended for one in FAULTS if one.off is None)


def test_a_fault_is_chosen_once_and_by_its_name() -> None:
    assert chosen(["wrong-password", "wrong-password"], "public") == (fault("wrong-password"),)
    with pytest.raises(UsageError, match="there is no fault wrong-pasword"):
        chosen(["wrong-pasword"], "private")
    with pytest.raises(UsageError, match="wrong-zone is no fault of the public topology"):
        chosen(["wrong-zone"], "public")


def test_the_journey_says_what_verification_named_and_its_exit_status() -> None:
    found = look(FakeReads(known_targets=FakeReads().known_targets | {"tg-in": ()}))

    seen = recognised(fault("watcher-failing"), found, "")

    assert (seen.expected, seen.exit_code) == (True, 1)
    assert seen.said[0].startswith(
        "verification named inbound.target: ✗ failed  The watcher has registered the database"
    )
    assert seen.said[1].startswith("remedy: the watcher runs each minute")


def test_the_journey_says_when_verification_did_not_name_it() -> None:
    well = look(FakeReads())

    assert well.exit_code == 0
    missed = recognised(fault("route-missing"), well, "")
    assert (missed.expected, missed.exit_code) == (False, 0)
    assert missed.said[0].startswith("verification did not name inbound.health: ✓ passed")
    assert not recognised(fault("throttling"), well, "").expected
    assert recognised(fault("throttling"), well, "AWS limited the rate of calls").said == (
        "AWS limited the rate of calls",
    )
    assert not recognised(fault("credentials-expiring"), well, "").expected
