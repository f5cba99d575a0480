"""The record of a call says what was done, found, accepted and proven, and first of all what was not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.deploy.objects import a_run
from tests.deploy.record.told import BEFORE, FOUND, PLAN_DIGEST, a_record, after_a_call, verified, waiting, well
from tests.verify.world import NOW
from wizard.deploy.record.document import document, verdict
from wizard.deploy.record.writing import forms


def test_it_names_every_stack_with_the_digest_of_the_plan_that_was_applied(tmp_path: Path) -> None:
    record = a_record(after_a_call(tmp_path, well()))
    assert [(stack.owner, stack.stack, stack.outcome) for stack in record.applied] == [
        ("use1-a", "shard", "succeeded"),
        ("acme-prod", "instance", "succeeded"),
    ]
    assert record.applied[1].plan_digest == PLAN_DIGEST
    assert "stack link was never applied from this workspace" in record.not_proven


def test_the_timeline_has_runs_secrets_acceptances_and_verifications_in_the_order_of_time(tmp_path: Path) -> None:
    record = a_record(after_a_call(tmp_path, well()))
    assert [event.at for event in record.timeline] == sorted(event.at for event in record.timeline)
    told = [event.what.partition(":")[0].partition(" (")[0] for event in record.timeline]
    assert told == [
        "stack shard applied",
        "LONG_GONE at state.backend accepted",
        "STATE_LOCAL at state.backend accepted",
        "stack instance planned",
        "stack instance applied",
        "secret put",
        "data path looked at",
    ]
    assert record.timeline[0].object == "use1-a"
    assert record.timeline[-2].what == "secret put: sk/acme/password"
    assert record.timeline[-1].at == NOW + timedelta(seconds=42)


def test_the_timeline_has_what_was_done_with_springtails_services(tmp_path: Path) -> None:
    target = after_a_call(tmp_path, well())
    done = {"at": "2026-03-01T12:05:00+00:00", "verb": "start", "node": "fdw-0", "step": "health", "did": "running"}
    (target.place.hidden / "services.jsonl").write_text(json.dumps(done) + '\n{"half')
    told = [event.what for event in a_record(target).timeline]
    assert "services, start fdw-0, health: running" in told


def test_accepted_findings_keep_their_reason_and_say_whether_they_are_still_found(tmp_path: Path) -> None:
    record = a_record(after_a_call(tmp_path), FOUND)
    assert [(entry.code, entry.reason, entry.who, entry.current) for entry in record.accepted] == [
        ("STATE_LOCAL", "a trial", "bo", True),
        ("LONG_GONE", "a trial", "bo", False),
    ]


def test_hops_come_with_their_evidence_and_those_that_need_somebody_first(tmp_path: Path) -> None:
    record = a_record(after_a_call(tmp_path, waiting()))
    _, texts = forms(record)
    open_hop = next(hop for hop in record.verification.hops if hop.waiting_on)  # type: ignore[union-attr]
    assert verdict(record) == "waiting on the customer"
    for suffix in ("md", "html"):
        text = texts[suffix]
        assert text.index("waiting on the customer: ") < text.index("✓ passed: ")
        assert open_hop.remedy.split("`", maxsplit=1)[0].split("<", maxsplit=1)[0][:20] in text


def test_what_was_never_verified_is_not_called_verified(tmp_path: Path) -> None:
    record = a_record(after_a_call(tmp_path))
    assert verdict(record) == "not verified"
    assert any(sentence.startswith("the data path: no verification") for sentence in record.not_proven)
    assert any("of the answers alone" in sentence for sentence in record.not_proven)


def test_a_verification_from_before_the_newest_apply_does_not_count(tmp_path: Path) -> None:
    target = after_a_call(tmp_path, well())
    assert verdict(a_record(target)) == "every hop that can be seen has passed"
    a_run(target.place, NOW + timedelta(days=1))
    record = a_record(target)
    assert verdict(record) == "every hop that can be seen has passed, before the newest apply"
    assert any("as it is now" in sentence for sentence in record.not_proven)


def test_an_apply_of_the_shard_makes_a_verification_old_as_well(tmp_path: Path) -> None:
    target = after_a_call(tmp_path, well())
    a_run(target.shard_place, NOW + timedelta(days=1), stack="shard")
    assert verdict(a_record(target)).endswith("before the newest apply")


def test_a_rehearsal_is_never_taken_for_proof(tmp_path: Path) -> None:
    target = after_a_call(tmp_path, replace(well(), endpoint="http://127.0.0.1:5000"))
    record = a_record(target)
    assert any("a rehearsal's" in sentence for sentence in record.not_proven)
    for suffix in ("md", "html"):
        assert "This is a rehearsal" in forms(record)[1][suffix]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"ended_at": "2026-03-01T12:00:00+00:00"}', '{"ended_at": 3}'])
def test_a_report_that_cannot_be_understood_is_none_and_an_older_one_does_not_speak_for_it(
    tmp_path: Path, text: str
) -> None:
    target = after_a_call(tmp_path, well())
    (target.place.reports / "verification-20270101T000000Z.json").write_text(text)
    assert verdict(a_record(target)) == "not verified"


def test_a_destroyed_stack_is_not_told_as_applied(tmp_path: Path) -> None:
    target = after_a_call(tmp_path)
    plan = a_run(target.place, BEFORE + timedelta(hours=1), action="destroy-plan")
    a_run(target.place, BEFORE + timedelta(hours=1, minutes=1), of=plan)
    record = a_record(target)
    assert record.applied[-1].action == "destroy"
    assert record.timeline[-1].what.startswith("stack instance destroyed")


def test_settling_drift_after_an_apply_does_not_hide_the_plan_that_was_shown(tmp_path: Path) -> None:
    target = after_a_call(tmp_path)
    refresh = a_run(target.place, BEFORE + timedelta(minutes=20), action="refresh-plan")
    a_run(target.place, BEFORE + timedelta(minutes=21), of=refresh)
    assert a_record(target).applied[-1].plan_digest == PLAN_DIGEST


def test_a_shard_has_a_record_of_its_own(tmp_path: Path) -> None:
    from wizard.deploy.target import open_target

    target = open_target(after_a_call(tmp_path).workspace, "use1-a")
    record = a_record(target)
    assert (record.topology, [stack.stack for stack in record.applied]) == ("shard", ["shard"])
    assert len([event for event in record.timeline if event.what.startswith("stack shard")]) == 1


def test_the_same_workspace_and_moment_give_the_same_bytes(tmp_path: Path) -> None:
    target = after_a_call(tmp_path, well())
    assert forms(a_record(target)) == forms(a_record(target))


def test_all_forms_say_the_same(tmp_path: Path) -> None:
    target = after_a_call(tmp_path, waiting())
    verified(target, waiting())
    record = a_record(target, FOUND)
    known, texts = forms(record)
    for section in document(record).sections:
        assert f"## {section.title}" in texts["md"]
        assert f"<h2>{section.title}</h2>" in texts["html"]
    for text in texts.values():
        for said in (known, PLAN_DIGEST, "Ada of Acme", "All went well.", "planewright:"):
            assert said in text
