"""The guide's last step: the report read out, the record of the call sealed, what support gets packed."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from tests.cli.guiding import Guided, finding
from wizard.cli import common
from wizard.deploy import acts
from wizard.deploy.record.seal import check
from wizard.workspace import Workspace


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory that the guide was started in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def records(guided: Guided) -> dict[str, Path]:
    reports = Workspace(guided.root).find("acme-prod").reports
    return {path.suffix: path for path in reports.glob("record-acme-prod-*")}


def test_the_record_is_signed_and_rests_on_what_aws_says(guided: Guided, monkeypatch: pytest.MonkeyPatch) -> None:
    class Checker:
        def check(self, subject: object, **_: object) -> object:
            guided.aws.findings = (finding("shard"),)
            return guided.aws.check(subject)

    monkeypatch.setattr(common, "checker", lambda _target: Checker())
    said = guided.go(":go report", "record", "Ada, Acme; Bo, us", "after the call", "done", name="acme-prod")

    made = records(guided)
    assert set(made) == {".md", ".html", ".json"}
    sealed = check(made[".md"].read_bytes(), name="it")
    assert sealed.problems == ()
    assert f"digest: {sealed.record}" in said
    assert f"record: {made['.md']}" in said
    record = json.loads(made[".json"].read_text())["record"]
    assert (record["signed_by"], record["note"]) == (["Ada, Acme", "Bo, us"], "after the call")
    assert "what of A_CODE" in [it["what"] for it in record["findings"]]


def test_a_record_of_the_answers_alone_signed_by_nobody(guided: Guided) -> None:
    said = guided.go(":go report", "offline-record", "", "", "done", name="acme-prod")

    assert "record: " in said
    assert "the answers alone: AWS was not asked" in records(guided)[".md"].read_text()
    assert guided.aws.asked <= 1, "the guide's own check before, and none for the record"


def test_the_history_is_told_at_the_report(guided: Guided) -> None:
    place = Workspace(guided.root).find("acme-prod")
    acts.keep(place, acts.SetAside("instance", ("main.tf.edited-1",), "it was a trial"))
    said = guided.go(":go report", "history", "done", name="acme-prod")

    assert "stack instance: edits by hand were set aside as main.tf.edited-1" in said
    assert "why:       it was a trial" in said


def test_the_bundle_lies_where_the_guide_was_started(guided: Guided, here: Path) -> None:
    said = guided.go(":go report", "bundle", "done", name="acme-prod")

    [bundle] = here.iterdir()
    assert f"{bundle.name}: " in said
    assert "secrets are masked, names and addresses are not" in said
    with tarfile.open(bundle) as archive:
        assert "support-acme-prod/deployments/acme-prod/answers.yaml" in archive.getnames()


def test_reading_out_is_offered_where_there_is_a_report(guided: Guided) -> None:
    without = guided.go(":go report", "read", "done", name="acme-prod")
    assert "not understood: read" in without
    place = Workspace(guided.root).find("acme-prod")
    place.reports.mkdir()
    (place.reports / "verification-20261121T000000Z.md").write_text("# What is proven\n\n- one hop\n")
    said = guided.go(":go report", "read", "done", name="acme-prod")
    assert "# What is proven\n\n- one hop\n" in said
