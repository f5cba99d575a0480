"""What is made ahead changes nothing, is taken only where it is of the very same, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest

from tests.live.account import PREPARED, Account
from tests.live.server import Server
from tests.verify import world as world_of
from tests.workspaces import with_examples
from wizard.aws.session import Identity
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.blueprints.springtail.contracts import ShardOutputs
from wizard.blueprints.springtail.facts import Pin, Pins
from wizard.blueprints.springtail.names import state_key
from wizard.blueprints.springtail.stacks import INSTANCE
from wizard.deploy import flow, store
from wizard.deploy.manifest import LOCK
from wizard.deploy.render import render
from wizard.deploy.site import Site, open_site
from wizard.deploy.standing import state_version
from wizard.deploy.target import Target, open_target
from wizard.engine import runs
from wizard.engine.locate import find_engine
from wizard.errors import AccountError, EngineError
from wizard.walk import ahead
from wizard.walk.ahead import Made
from wizard.walk.speculation import FRESH, Speculation
from wizard.workspace import Workspace

#: Its embedded AWS and the plan that was made are dear: one worker has them.
pytestmark = pytest.mark.xdist_group("speculation")

PATIENCE_S = 120.0
SHARD = "use1-a"


@dataclass(slots=True)
class World:
    """A workspace and an account in the embedded AWS."""

    account: Account
    workspace: Workspace
    environ: dict[str, str]

    @property
    def target(self) -> Target:
        return open_target(self.workspace, SHARD)

    def site(self, target: Target | None = None) -> Site:
        return open_site(target or self.target, environ=self.environ)

    @property
    def aside(self) -> list[Path]:
        return list((self.target.place.hidden / "ahead").iterdir())

    def files(self) -> dict[str, bytes]:
        """Everything in the workspace, but what the provider's own package is."""
        found = (path for path in self.workspace.root.rglob("*") if path.is_file() and "providers" not in path.parts)
        return {str(path.relative_to(self.workspace.root)): path.read_bytes() for path in found}

    def buckets(self) -> dict[str, list[Any]]:
        """Each bucket with all versions of what is in it: a lock that was taken and given back leaves two."""
        s3 = self.account.client("s3")
        listed = {it["Name"]: s3.list_object_versions(Bucket=it["Name"]) for it in s3.list_buckets()["Buckets"]}
        return {name: [*it.get("Versions", []), *it.get("DeleteMarkers", [])] for name, it in listed.items()}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    try:
        find_engine(os.environ.get("PLANEWRIGHT_ENGINE"), search_path=os.environ["PATH"])
    except EngineError as error:
        pytest.skip(str(error))
    root = with_examples(tmp_path_factory.mktemp("workspace"))
    with Server() as server:
        server.tell(reset=True, quotas=PREPARED)
        account = Account(server)
        environ = {"PATH": os.environ["PATH"], "HOME": str(Path.home()), **account.environ()}
        yield World(account, Workspace(root), environ)


@pytest.fixture
def speculation(world: World) -> Iterator[Speculation]:
    made = Speculation(world.site)
    yield made
    made.close()


def ended(of: Speculation) -> Made | None:
    """What came of it."""
    assert of._job is not None
    assert of._job.ended.wait(PATIENCE_S)
    return of._job.made


def gone(of: Speculation) -> None:
    """Wait until its thread has ended, and its folder with it."""
    assert of._job is not None
    of._job.thread.join(PATIENCE_S)
    assert not of._job.thread.is_alive()


def engines_below(folder: Path) -> list[str]:
    """Processes that work in a folder."""

    def works_there(process: psutil.Process) -> bool:
        try:
            return folder in Path(process.cwd()).parents
        except (psutil.Error, OSError):
            return False

    return [process.name() for process in psutil.process_iter() if works_there(process)]


def none_works_below(folder: Path) -> bool:
    """Whether nobody works in a folder any more; a provider outlives its engine by a moment."""
    deadline = time.monotonic() + PATIENCE_S
    while engines_below(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.engine
def test_before_there_is_a_bucket_the_provider_alone_is_prepared_and_no_bucket_is_made(
    world: World, speculation: Speculation
) -> None:
    before = world.files()
    speculation.begin(world.target)
    assert ended(speculation) is None
    lock = speculation.lock(world.target, "shard")
    assert lock is not None
    assert b"h1:" in lock
    assert world.buckets() == {}
    speculation.cancel()
    gone(speculation)
    after = world.files()
    assert {name for name in after if name not in before} <= {
        f"shards/{SHARD}/.planewright/.gitignore",
        f"shards/{SHARD}/.planewright/cli.tfrc",
    }
    assert {name: after[name] for name in before} == before


@pytest.fixture(scope="module")
def prepared(world: World) -> flow.Ready:
    """The shard, ready to be planned: from here on its state has a home."""
    return flow.prepare(world.target, "shard", world.site(), lock=b"")


@pytest.mark.engine
def test_a_plan_made_ahead_changes_nothing_and_becomes_a_run_of_the_object(
    world: World, prepared: flow.Ready, speculation: Speculation
) -> None:
    before, bucket = world.files(), world.buckets()
    speculation.begin(world.target)
    made = ended(speculation)
    assert made is not None
    assert world.buckets() == bucket
    mine = f"shards/{SHARD}/.planewright/ahead/"
    assert {name: data for name, data in world.files().items() if not name.startswith(mine)} == before

    taken = speculation.take(prepared, world.site(), waiting=lambda: None)
    assert taken is not None
    assert taken.plan.view.counts.add > 10
    [run] = runs.listed(world.target.place.runs)
    assert run == taken.plan.run
    assert "-lock=false" in run.request.argv
    assert taken.engine.reopen(run).digest == taken.plan.digest
    gone(speculation)
    assert world.aside == []
    assert speculation.take(prepared, world.site(), waiting=lambda: None) is None
    shutil.rmtree(run.path)


@pytest.fixture(scope="module")
def made(world: World, prepared: flow.Ready, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A plan that was made ahead."""
    folder = tmp_path_factory.mktemp("ahead")
    begun = ahead.prepare(world.target, "shard", folder, world.site, lambda: None)
    assert begun is not None
    return ahead.plan(begun, folder)


def _added(ready: flow.Ready) -> None:
    (ready.engine.stack_dir / "mine.tf").write_text('variable "mine" {}\n')


def _edited(ready: flow.Ready) -> None:
    (ready.engine.stack_dir / "main.tf").write_text("# edited\n")


def _other_provider(ready: flow.Ready) -> None:
    (ready.engine.stack_dir / LOCK).write_text("# another one\n")


def _applied(ready: flow.Ready) -> None:
    """Somebody has applied the stack since."""
    place = ready.target.place
    plan = runs.Request.read(ready.engine.data_dir.parent / "request.json")
    assert plan is not None
    later = replace(plan, action="apply", id="29990101T000000.000000Z-0000", created_at="2999-01-01T00:00:00+00:00")
    runs.create(runs.directory(place.runs, later.id), later)


@pytest.mark.engine
@pytest.mark.parametrize("what", [_added, _edited, _other_provider, _applied], ids=lambda it: it.__name__.lstrip("_"))
def test_a_plan_of_anything_else_is_never_taken(
    world: World, prepared: flow.Ready, made: Made, what: Callable[[flow.Ready], None], tmp_path: Path
) -> None:
    place = world.target.place
    kept = tmp_path / "kept"
    shutil.copytree(place.stack("shard"), kept)
    made.plan.run.request.write(place.engine_data("shard").parent / "request.json")
    try:
        what(prepared)
        assert made.taken(prepared, world.site(), made.plan.run.request.created) is None
    finally:
        shutil.rmtree(place.stack("shard"))
        shutil.copytree(kept, place.stack("shard"))
        shutil.rmtree(place.runs, ignore_errors=True)


@pytest.mark.engine
def test_neither_is_one_of_another_caller_environment_engine_or_of_some_time_ago(
    world: World, prepared: flow.Ready, made: Made, tmp_path: Path
) -> None:
    site, at = world.site(), made.plan.run.request.created
    caller = replace(site, identity=replace(site.identity, arn=f"{site.identity.arn}-else"))
    assert made.taken(prepared, caller, at) is None
    other = replace(site, engine=replace(site.engine, version="1.99.0"))
    assert made.taken(prepared, other, at) is None
    elsewhere = replace(site, environ={**site.environ, "HTTPS_PROXY": "http://127.0.0.1:1"})
    ready = replace(prepared, engine=elsewhere.stack_engine(prepared.target, "shard"))
    assert made.taken(ready, elsewhere, at) is None
    assert made.taken(prepared, site, at + FRESH + timedelta(seconds=1)) is None
    assert made.taken(prepared, site, at + FRESH) is not None


@pytest.mark.engine
def test_neither_is_one_of_a_state_that_somebody_has_changed_since_or_that_cannot_be_asked_for(
    world: World, prepared: flow.Ready, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, place = made.plan.run.request.created, world.target.place
    location = store.load_state_location(world.workspace, world.target.shard)
    assert location is not None
    state = {"Bucket": location.bucket, "Key": state_key(place.kind, place.name, "shard")}
    s3 = world.account.client("s3")
    assert made.state == state_version(world.target, "shard", world.site().session) == ""
    put = s3.put_object(**state, Body=b"{}")
    first = state_version(world.target, "shard", world.site().session)
    again = s3.put_object(**state, Body=b"{}")
    try:
        assert (
            "" != first != state_version(world.target, "shard", world.site().session)
        )  # the same bytes, another state
        assert made.taken(prepared, world.site(), at) is None
    finally:
        for one in (put, again):
            s3.delete_object(**state, VersionId=one["VersionId"])

    def denied(*_: object) -> str:
        raise AccountError("not authorized")

    monkeypatch.setattr(ahead, "state_version", denied)
    speculation = Speculation(world.site, now=lambda: at)
    monkeypatch.setattr(Speculation, "_wanted", lambda *_: SimpleNamespace(planning=threading.Event(), made=made))
    assert speculation.take(prepared, world.site(), waiting=lambda: None) is None
    speculation.close()


@pytest.mark.engine
def test_given_up_in_the_middle_its_engine_ends_at_once_and_its_folder_goes(
    world: World, prepared: flow.Ready, speculation: Speculation
) -> None:
    del prepared
    speculation.begin(world.target)
    assert speculation._job is not None
    assert speculation._job.planning.wait(PATIENCE_S)
    speculation.cancel()
    gone(speculation)
    assert speculation._job.made is None
    assert world.aside == []
    assert none_works_below(world.target.place.hidden / "ahead")


QUITS = """
import os, sys
from pathlib import Path
from wizard.deploy.site import open_site
from wizard.deploy.target import open_target
from wizard.walk import speculation
from wizard.walk.speculation import Speculation
from wizard.workspace import Workspace

speculation._END_S = 120.0  # a busy machine
made = Speculation(lambda target: open_site(target, environ=dict(os.environ)))
made.begin(open_target(Workspace(Path(sys.argv[1])), sys.argv[2]))
assert made._job.planning.wait(120)
"""


@pytest.mark.engine
def test_a_program_that_quits_leaves_no_engine_and_no_folder(world: World, prepared: flow.Ready) -> None:
    del prepared
    argv = [sys.executable, "-c", QUITS, str(world.workspace.root), SHARD]
    quitted = subprocess.run(argv, env=world.environ, capture_output=True, text=True, timeout=PATIENCE_S)
    assert (quitted.returncode, quitted.stderr) == (0, "")
    assert none_works_below(world.target.place.hidden / "ahead")
    assert world.aside == []


@dataclass
class Opening:
    """What stands in for opening the site: fails, once it is let go."""

    gate: threading.Event
    opened: int = 0

    def __call__(self, target: Target) -> Site:
        del target
        self.opened += 1
        assert self.gate.wait(PATIENCE_S)
        raise AccountError("the session has ended", action="log in")


@pytest.fixture
def opening() -> Iterator[Opening]:
    opening = Opening(threading.Event())
    yield opening
    opening.gate.set()


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return open_target(Workspace(with_examples(tmp_path)), SHARD)


def changed(target: Target) -> Target:
    shard = target.shard.model_copy(update={"log_retention_days": 7})
    return replace(target, answers=shard, shard=shard)


def on_port(target: Target, port: int) -> DeploymentAnswers:
    """A deployment's answers, but for the database's port."""
    database = target.deployment.database.model_copy(update={"port": port})
    return target.deployment.model_copy(update={"database": database})


def test_it_is_for_the_very_answers_of_object_and_shard(tmp_path: Path, opening: Opening) -> None:
    workspace = Workspace(with_examples(tmp_path))
    target = open_target(workspace, "acme-prod")
    opening.gate.set()
    speculation = Speculation(opening)
    speculation.begin(target)
    assert speculation._job is not None
    mine = speculation._job.is_for
    other = {
        "answers": replace(target, answers=on_port(target, 6000)),
        "shard": replace(target, shard=target.shard.model_copy(update={"log_retention_days": 7})),
        "place": replace(target, place=workspace.place("deployment", "acme-test")),
    }
    assert mine(replace(target))
    assert [name for name, it in other.items() if mine(it)] == []
    speculation.close()


# -- what makes it another plan: without an engine, so that everything can be tried ---------------------------------


@dataclass
class Desk:
    """A plan that was made ahead of a stack, and the very same stack ready to be planned."""

    made: Any
    ready: Any
    site: Any
    now: datetime
    state: str = "one"

    def taken(self) -> bool:
        return bool(self.made._is_of(self.ready, self.site, self.now))

    def lay(self, files: Mapping[str, bytes]) -> None:
        """Write what is ready."""
        for name, data in files.items():
            path = self.ready.engine.stack_dir / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


CONTRACT = world_of.shard_outputs()
AT = datetime(2026, 11, 21, tzinfo=UTC)


def rendered(target: Target, contract: ShardOutputs = CONTRACT, ami: str = "ami-0123456789abcdef0") -> dict[str, bytes]:
    """The files of stack instance, as plans are made of them."""
    pin = Pin(ami_id=ami, architecture="x86_64", instance_type="r6i.xlarge", resolved_at="2026-11-21T00:00:00+00:00")
    files = render(target, INSTANCE, contract, pins=Pins(ingestion=pin, proxy=pin, fdw=pin))
    return {name: data for name, data in files.items() if name != LOCK}


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    target = open_target(Workspace(with_examples(tmp_path / "workspace")), "acme-prod")
    account = Identity("111111111111", "arn:aws:iam::111111111111:user/olga", "AIDA1")

    def engine(folder: Path) -> Any:
        folder.mkdir()
        (folder / LOCK).write_bytes(b"h1:one")
        values = {"AWS_REGION": "us-east-1", "TF_DATA_DIR": str(folder)}
        return SimpleNamespace(stack_dir=folder, environment=SimpleNamespace(values=values))

    site = SimpleNamespace(identity=account, engine="tofu 1.10.0", session=None)
    plan = SimpleNamespace(run=SimpleNamespace(request=SimpleNamespace(created=AT)))
    files = {**rendered(target), LOCK: b"whatever the pins say"}
    made = Made(cast("Any", site), engine(tmp_path / "aside"), files, cast("Any", plan), "one")
    ready = SimpleNamespace(target=target, stack=INSTANCE, engine=engine(tmp_path / "stack"))
    desk = Desk(made, ready, SimpleNamespace(**vars(site)), AT)
    desk.lay(rendered(target))
    monkeypatch.setattr(ahead, "state_version", lambda *_: desk.state)
    return desk


def test_a_plan_of_the_very_same_is_taken(table: Desk) -> None:
    assert table.taken()
    table.now = AT + FRESH
    assert table.taken()


def _answers(it: Desk) -> None:
    target = it.ready.target
    it.lay(rendered(replace(target, answers=on_port(target, 6000))))


def _contract(it: Desk) -> None:
    it.lay(rendered(it.ready.target, CONTRACT.model_copy(update={"vpc_id": "vpc-0fedcba9876543210"})))


def _pins(it: Desk) -> None:
    it.lay(rendered(it.ready.target, ami="ami-0fedcba9876543210"))


def _gone_file(it: Desk) -> None:
    (it.ready.engine.stack_dir / "main.tf").unlink()


def _file_of_a_person(it: Desk) -> None:
    it.lay({"modules/mine/main.tf": b"# mine"})


def _provider(it: Desk) -> None:
    it.lay({LOCK: b"h1:another"})


def _no_provider(it: Desk) -> None:
    for engine in (it.ready.engine, it.made.engine):
        (engine.stack_dir / LOCK).unlink()


def _account(it: Desk) -> None:
    it.site.identity = replace(it.site.identity, account="999999999999")


def _caller(it: Desk) -> None:
    it.site.identity = replace(it.site.identity, arn="arn:aws:iam::111111111111:user/ada")


def _credentials(it: Desk) -> None:
    it.ready.engine.environment.values["AWS_PROFILE"] = "another"


def _engine(it: Desk) -> None:
    it.site.engine = "tofu 1.11.0"


def _state(it: Desk) -> None:
    it.state = "two"


def _later(it: Desk) -> None:
    it.now = AT + FRESH + timedelta(microseconds=1)


@pytest.mark.parametrize(
    "differs",
    [
        _answers, _contract, _pins, _gone_file, _file_of_a_person, _provider, _no_provider, _account, _caller,
        _credentials, _engine, _state, _later,
    ],
    ids=lambda it: it.__name__.strip("_"),
)  # fmt: skip
def test_a_plan_of_which_anything_differs_is_not_taken(table: Desk, differs: Callable[[Desk], None]) -> None:
    differs(table)
    assert not table.taken()


# -- when, and for whom ---------------------------------------------------------------------------------------------


def test_what_fails_is_silent_and_leaves_nothing_to_take(target: Target, opening: Opening) -> None:
    opening.gate.set()
    speculation = Speculation(opening)
    speculation.begin(target)
    assert ended(speculation) is None
    gone(speculation)
    assert speculation.lock(target, "shard") is None
    speculation.close()


def test_the_same_answers_are_not_begun_anew_and_other_answers_are(target: Target, opening: Opening) -> None:
    speculation = Speculation(opening)
    speculation.begin(target)
    first = speculation._job
    speculation.begin(target)
    assert speculation._job is first
    speculation.begin(changed(target))
    second = speculation._job
    assert first is not None
    assert second is not None
    assert second is not first
    assert first.unwanted.is_set()
    opening.gate.set()
    gone(speculation)
    assert opening.opened == 2
    speculation.close()


def test_nothing_is_given_for_other_answers_another_stack_or_once_it_was_given_up(
    target: Target, opening: Opening
) -> None:
    speculation = Speculation(opening)
    speculation.begin(target)
    assert speculation._job is not None
    speculation._job.lock = b"a lock"
    assert speculation.lock(target, "shard") == b"a lock"
    assert speculation.lock(changed(target), "shard") is None
    assert speculation.lock(target, "instance") is None
    speculation.cancel()
    assert speculation.lock(target, "shard") is None
    opening.gate.set()
    speculation.close()


def test_an_instance_whose_shard_is_not_applied_has_nothing_to_make_ahead(tmp_path: Path, opening: Opening) -> None:
    speculation = Speculation(opening)
    speculation.begin(open_target(Workspace(with_examples(tmp_path)), "acme-prod"))
    assert ended(speculation) is None
    assert opening.opened == 0
    speculation.close()


def test_what_killed_programs_have_left_is_cleared_away_and_nobody_elses(target: Target, opening: Opening) -> None:
    home = target.place.hidden / "ahead"
    ended_process = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True
    )
    left, other = home / f"{ended_process.stdout.strip()}-left", home / f"{os.getppid()}-other"
    left.mkdir(parents=True)
    other.mkdir()
    opening.gate.set()
    speculation = Speculation(opening)
    speculation.begin(target)
    ended(speculation)
    gone(speculation)
    assert list(home.iterdir()) == [other]
    speculation.close()
