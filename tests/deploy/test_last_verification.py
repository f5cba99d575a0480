"""The newest verification, read from its report: what the lists and the steps say of an object without asking AWS."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.verify.world import NOW, FakeReads, a_peering, deployment, look, with_package
from wizard.deploy.last_verification import LastVerification, last_verification, newest
from wizard.verify.hops import HopState, Verification
from wizard.verify.report import to_json
from wizard.workspace import Place, Workspace


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Workspace(tmp_path).place("deployment", "acme-prod")


def written(place: Place, seen: Verification, name: str = "verification-20260301T120000Z") -> None:
    place.reports.mkdir(parents=True, exist_ok=True)
    (place.reports / f"{name}.json").write_text(to_json(seen))
    (place.reports / f"{name}.md").write_text("# for people\n")


def well() -> Verification:
    return replace(look(FakeReads()), ended_at=NOW + timedelta(seconds=42))


def waiting() -> Verification:
    peerings = {
        "pcx-db": a_peering("pcx-db", "pending-acceptance", expires_at=NOW + timedelta(days=7)),
        "pcx-web": a_peering("pcx-web", "pending-acceptance", expires_at=NOW + timedelta(days=7)),
    }
    return look(FakeReads(peerings=peerings))


def test_what_was_never_verified_has_no_last_verification(place: Place) -> None:
    assert last_verification(place) is None


def test_a_verification_in_which_all_was_well_is_told_with_the_time_it_ended_and_the_report_for_people(
    place: Place,
) -> None:
    written(place, well())
    assert last_verification(place) == LastVerification(
        at=NOW + timedelta(seconds=42),
        verified=True,
        waiting_on=(),
        failed=0,
        path=place.reports / "verification-20260301T120000Z.md",
        by=well().identity.arn,
    )


def test_each_party_that_is_waited_for_is_named_once(place: Place) -> None:
    seen = waiting()
    written(place, seen)
    last = last_verification(place)
    assert last is not None
    assert len(seen.in_state(HopState.WAITING)) > 1
    assert last.waiting_on == tuple(dict.fromkeys(hop.waiting_on for hop in seen.in_state(HopState.WAITING)))
    assert "the customer" in last.waiting_on
    assert not last.verified


def test_failures_are_counted(place: Place) -> None:
    seen = look(FakeReads(peerings={"pcx-db": a_peering("pcx-db", "rejected", message="no thank you")}))
    written(place, seen)
    last = last_verification(place)
    assert last is not None
    assert last.failed == len(seen.in_state(HopState.FAILED)) > 0
    assert not last.verified


def test_the_newest_report_is_the_one_that_counts(place: Place) -> None:
    written(place, waiting(), "verification-20260301T120000Z")
    written(place, well(), "verification-20260302T080000Z")
    last = last_verification(place)
    assert last is not None
    assert last.verified
    assert newest(place.reports) == place.reports / "verification-20260302T080000Z.md"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"hops": 3}', '{"hops": ["x"]}', "\x00"])
def test_a_report_that_cannot_be_understood_says_nothing_and_an_older_one_does_not_speak_for_it(
    place: Place, text: str
) -> None:
    written(place, well(), "verification-20260301T120000Z")
    (place.reports / "verification-20260302T080000Z.json").write_text(text)
    assert last_verification(place) is None


def test_a_report_with_a_time_that_is_none_says_nothing(place: Place) -> None:
    written(place, well())
    path = place.reports / "verification-20260301T120000Z.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"ended_at": "yesterday"}))
    assert last_verification(place) is None


def test_times_are_told_in_utc_whatever_zone_they_were_written_in(place: Place) -> None:
    written(place, well())
    path = place.reports / "verification-20260301T120000Z.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"ended_at": "2026-03-01T14:00:00+02:00"}))
    last = last_verification(place)
    assert last is not None
    assert last.at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_of_springtails_services_it_tells_how_their_hop_was(place: Place) -> None:
    written(place, look(FakeReads(), answers=with_package(deployment())))
    found = last_verification(place)
    assert found is not None
    assert found.services == "passed"
