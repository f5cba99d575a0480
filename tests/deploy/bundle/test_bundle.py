"""A bundle: what is taken and what is left, by name; long files cut; the same bytes for the same files."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.deploy.objects import a_run
from tests.deploy.record.told import BEFORE, a_record, after_a_call, runs_of, well
from tests.verify.world import shard_outputs
from wizard import cli
from wizard.deploy.adopting import Adopted, adopt
from wizard.deploy.bundle import cleaning
from wizard.deploy.bundle.choosing import Kind
from wizard.deploy.bundle.cleaning import Cleaner
from wizard.deploy.bundle.collecting import Bundle, Wanted, collect, place_named
from wizard.deploy.bundle.packing import packed
from wizard.deploy.emit import emit
from wizard.deploy.record.seal import check
from wizard.deploy.record.writing import write
from wizard.deploy.target import open_target
from wizard.deploy.upgrading import record
from wizard.deploy.upgrading.carrying import alone
from wizard.redact import MASK, Redactor
from wizard.upgrades.steps import Step
from wizard.workspace import Workspace

HEAD, TAIL = 1000, 3000


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts as long is short here."""
    monkeypatch.setattr(cleaning, "HEAD", HEAD)
    monkeypatch.setattr(cleaning, "TAIL", TAIL)


def collected(
    root: Path, name: str = "acme-prod", wanted: Wanted | None = None, environ: tuple[str, ...] = ()
) -> Bundle:
    workspace = Workspace(root)
    return collect(workspace, place_named(workspace, name), Cleaner(Redactor()), environ, wanted)


def why(bundle: Bundle) -> dict[str, str]:
    return {entry.name: entry.why for entry in bundle.left}


def test_it_holds_the_object_and_its_shard_and_no_other_deployment(tmp_path: Path) -> None:
    after_a_call(tmp_path, well())
    files = collected(tmp_path).files
    assert {name.split("/")[1] for name in files if "/" in name} == {"acme-prod", "use1-a"}
    for name in (
        "deployments/acme-prod/answers.yaml",
        "deployments/acme-prod/findings.json",
        "deployments/acme-prod/acknowledgements.json",
        "deployments/acme-prod/.planewright/seeding.jsonl",
        "deployments/acme-prod/reports/verification-20260301T120000Z.json",
        "shards/use1-a/answers.yaml",
        "environment.json",
    ):
        assert name in files


def test_what_was_done_for_the_customer_and_who_waits_for_them_is_in_it(tmp_path: Path) -> None:
    hidden = after_a_call(tmp_path).place.hidden
    (hidden / "for-customer.jsonl").write_text("{}\n")
    (hidden / "waits" / "W1").mkdir(parents=True)
    (hidden / "waits" / "W1" / "result.json").write_text("{}")
    files = collected(tmp_path).files
    assert "deployments/acme-prod/.planewright/for-customer.jsonl" in files
    assert "deployments/acme-prod/.planewright/waits/W1/result.json" in files


def test_that_something_else_made_the_shard_is_in_it(tmp_path: Path) -> None:
    after_a_call(tmp_path)
    adopt(open_target(Workspace(tmp_path), "use1-a"), Adopted(shard_outputs(), ()))
    bundle = collected(tmp_path)
    assert "shards/use1-a/adopted.json" in bundle.files
    assert "shards/use1-a/.planewright/adopted.jsonl" in bundle.files
    assert not [name for name in why(bundle) if "adopted" in name]


def test_an_upgrade_that_is_half_way_is_in_it(tmp_path: Path) -> None:
    place = after_a_call(tmp_path).place
    with alone(place):
        record.begin(place, (Step(key="fdw-0", title="fdw-0", why="", stack="instance", sets=()),))
    bundle = collected(tmp_path)
    assert "deployments/acme-prod/.planewright/upgrade.json" in bundle.files
    assert "deployments/acme-prod/.planewright/upgrades.jsonl" in bundle.files
    assert not [name for name in why(bundle) if "upgrade" in name]


def test_it_lists_all_that_is_in_it_and_all_that_was_left_out_with_the_reason(tmp_path: Path) -> None:
    place = after_a_call(tmp_path).place
    (place.path / "notes.txt").write_text("mine")
    (place.path / "terraform.tfstate.backup").write_text("{}")
    place.engine_data("instance")
    bundle = collected(tmp_path)
    told = why(bundle)
    assert told["deployments/acme-prod/notes.txt"] == "none of the files that Planewright keeps there"
    assert "in clear" in told["deployments/acme-prod/terraform.tfstate.backup"]
    assert "deployments/acme-prod/.planewright/data" in told
    listed = json.loads(bundle.files["contents.json"])
    assert set(listed["files"]) == set(bundle.files) - {"contents.json", "CONTENTS.md"}
    assert listed["left_out"] == told
    for name in (*listed["files"], *told):
        assert f"`{name}`" in bundle.files["CONTENTS.md"].decode()


def test_of_emitted_files_those_that_are_as_emitted_are_taken(tmp_path: Path) -> None:
    place = after_a_call(tmp_path).place
    stack = place.stack("instance")
    emit(stack, {"main.tf": b"# a\n", "outputs.tf": b"# b\n", "sub/watcher.zip": b"PK", "sub/.gitignore": b"*\n"})
    (stack / "main.tf").write_text("# by hand\n")
    (stack / "override.tf").write_text("# mine\n")
    bundle = collected(tmp_path)
    prefix = "deployments/acme-prod/stacks/instance"
    assert bundle.files[f"{prefix}/outputs.tf"] == b"# b\n"
    assert {f"{prefix}/manifest.json", f"{prefix}/sub/.gitignore"} <= bundle.files.keys()
    assert why(bundle)[f"{prefix}/main.tf"] == "a person has edited it since it was emitted"
    assert {f"{prefix}/override.tf", f"{prefix}/sub/watcher.zip"} <= why(bundle).keys()


def test_a_manifest_that_was_tampered_with_takes_nothing_of_its_folder(tmp_path: Path) -> None:
    place = after_a_call(tmp_path).place
    stack = place.stack("instance")
    emit(stack, {"main.tf": b"# a\n"})
    (stack / "manifest.json").write_text('{"files": {"../../answers.draft.yaml": "sha256:x"}}')
    bundle = collected(tmp_path)
    assert not [name for name in bundle.files if "/stacks/" in name]


def test_only_the_newest_runs_are_taken(tmp_path: Path) -> None:
    target = after_a_call(tmp_path)
    newest = a_run(target.place, BEFORE + timedelta(days=1))
    bundle = collected(tmp_path, wanted=Wanted(newest_runs=1))
    of_runs = {
        name.split("/")[4] for name in bundle.files if name.startswith("deployments/acme-prod/.planewright/runs/")
    }
    assert of_runs == {newest.id}
    left = [name for name, reason in why(bundle).items() if "--runs N takes more" in reason]
    assert len(left) == len(runs_of(target)) - 1


@pytest.mark.parametrize("text", ["database: [", "planewright: 0.1.0\nkind: deployment\n"])
def test_an_object_whose_answers_cannot_be_read_has_a_bundle_that_says_so(tmp_path: Path, text: str) -> None:
    after_a_call(tmp_path).place.answers.write_text(text)
    files = collected(tmp_path).files
    assert "deployments/acme-prod/answers.yaml" not in files
    assert files["deployments/acme-prod/answers.problems.txt"]
    assert any(name.endswith("engine.jsonl") for name in files)


def test_one_file_that_cannot_be_read_is_left_out_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_a_call(tmp_path)
    read = Cleaner.file

    def refused(self: Cleaner, path: Path, kind: Kind) -> bytes:
        if path.name == "acknowledgements.json":
            raise PermissionError(13, "Permission denied")
        return read(self, path, kind)

    monkeypatch.setattr(Cleaner, "file", refused)
    bundle = collected(tmp_path)
    assert why(bundle)["deployments/acme-prod/acknowledgements.json"] == "it cannot be read: Permission denied"


def test_the_environment_is_told_by_names_alone(tmp_path: Path) -> None:
    after_a_call(tmp_path)
    said = json.loads(
        collected(tmp_path, environ=("AWS_PROFILE", "TF_LOG", "HOME", "SSH_AUTH_SOCK")).files["environment.json"]
    )
    assert said["variables"] == ["AWS_PROFILE", "TF_LOG"]
    assert said["engines"] == ["tofu 1.10.0"]
    assert said["packages"]["pydantic"][0].isdigit()


@pytest.mark.usefixtures("short")
def test_a_long_journal_keeps_whole_lines_of_its_beginning_and_its_end(tmp_path: Path) -> None:
    line = json.dumps({"@message": "still creating", "password": "blue"})
    count = (HEAD + TAIL) // len(line) + 50
    path = tmp_path / "engine.jsonl"
    path.write_text("".join(f'{{"n":{n},{line[1:]}\n' for n in range(count)))
    lines = Cleaner(Redactor()).file(path, Kind.JSON_LINES).decode().splitlines()
    gap = next(number for number, text in enumerate(lines) if "are left out here" in text)
    events = [json.loads(text) for number, text in enumerate(lines) if number != gap]
    assert (events[0]["n"], events[-1]["n"]) == (0, count - 1)
    assert events[gap]["n"] > events[gap - 1]["n"] + 1
    assert {event["password"] for event in events} == {MASK}


@pytest.mark.usefixtures("short")
def test_a_key_in_a_long_text_is_masked_before_the_text_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "engine.stderr"
    body = "".join(f"MIIEkey{n:07}\n" for n in range((HEAD + TAIL) // 15 + 50))
    path.write_text(f"before\n-----BEGIN RSA PRIVATE KEY-----\n{body}-----END RSA PRIVATE KEY-----\nafter\n")
    text = Cleaner(Redactor()).file(path, Kind.TEXT).decode()
    assert "MIIEkey" not in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")


@pytest.mark.usefixtures("short")
def test_a_long_text_is_cut_after_it_was_cleaned(tmp_path: Path) -> None:
    path = tmp_path / "engine.stderr"
    path.write_text("".join(f"line {n:07}\n" for n in range((HEAD + TAIL) // 13 + 50)))
    text = Cleaner(Redactor()).file(path, Kind.TEXT).decode()
    assert text.startswith("line 0000000\n")
    assert text.endswith(f"line {(HEAD + TAIL) // 13 + 49:07}\n")
    assert "are left out here" in text
    assert len(text) <= HEAD + TAIL + 100


def test_a_key_between_lines_of_json_is_masked_over_all_its_lines() -> None:
    journal = [
        "-----BEGIN RSA PRIVATE KEY-----",
        "MIIEkey1",
        '{"n":1}',
        "MIIEkey2",
        '{"n":2}',
        "MIIEkey3",
        "-----END RSA PRIVATE KEY-----",
        "after",
        '{"n":3}',
        "the end",
    ]
    text = Cleaner(Redactor()).data("\n".join(journal).encode(), Kind.JSON_LINES)
    assert "MIIEkey" not in text
    assert [line for line in text.splitlines() if line.startswith("{")] == ['{"n":1}', '{"n":2}', '{"n":3}']
    assert text.endswith('after\n{"n":3}\nthe end\n')


def test_a_text_that_begins_within_a_key_is_masked_up_to_its_end() -> None:
    text = Cleaner(Redactor()).data(b"MIIEkey1\nMIIEkey2\n-----END PRIVATE KEY-----\nafter\n", Kind.TEXT)
    assert text == f"{MASK}\n-----END PRIVATE KEY-----\nafter\n"


def test_a_record_keeps_its_seal_in_a_bundle(tmp_path: Path) -> None:
    target = after_a_call(tmp_path, well())
    written = write(a_record(target), target.place.reports)
    files = collected(tmp_path).files
    for path in written.files:
        found = check(files[f"deployments/acme-prod/reports/{path.name}"], name=path.name)
        assert (found.record, found.problems) == (written.digest, ())


def test_the_home_directory_is_not_told(tmp_path: Path) -> None:
    cleaner = Cleaner(Redactor(), home="/home/ada")
    assert cleaner.data(b'{"path": "/home/ada/bin/tofu"}', Kind.JSON) == '{\n  "path": "~/bin/tofu"\n}\n'
    assert cleaner.data(b"/home/ada/x", Kind.TEXT) == "~/x"


def test_the_same_files_give_the_same_bytes_and_tell_nothing_of_who_packed_them() -> None:
    data = packed({"b": b"2", "a/x": b"1"}, root="r")
    assert data == packed({"a/x": b"1", "b": b"2"}, root="r")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = archive.getmembers()
    assert [member.name for member in members] == ["r/a/x", "r/b"]
    assert {(member.uid, member.gid, member.uname, member.gname, member.mode) for member in members} == {
        (0, 0, "", "", 0o644)
    }


def test_two_bundles_of_the_same_workspace_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    after_a_call(tmp_path / "w", well())
    first, second = (packed(collected(tmp_path / "w").files, root="r") for _ in range(2))
    assert first == second


def test_the_command_writes_a_private_file_and_never_over_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "w"
    root.mkdir()
    after_a_call(root)
    monkeypatch.chdir(tmp_path)
    assert cli.run(["bundle", "acme-prod", "--workspace", str(root)]) == 0
    made = next(tmp_path.glob(f"support-acme-prod-{datetime.now(UTC):%Y}*.tar.gz"))
    assert made.stat().st_mode & 0o777 == 0o600
    before = made.read_bytes()
    assert cli.run(["bundle", "acme-prod", "--workspace", str(root), "--out", str(made)]) == 2
    assert made.read_bytes() == before
    assert cli.run(["bundle", "nobody", "--workspace", str(root)]) == 2
    assert cli.run(["bundle", "acme-prod", "--workspace", str(root), "--runs", "-1"]) == 2
