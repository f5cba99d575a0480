"""Practising: what an operator finds on a world of their own, and how the customer attends to it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import psutil
import pytest

from wizard.deploy import drafts
from wizard.deploy.readiness import read_sent
from wizard.errors import RehearsalError, UsageError
from wizard.rehearsal.handle import WorldHandle
from wizard.rehearsal.practice import SENT, Customer, Practice, practice
from wizard.walk.walk import Walk
from wizard.workspace import Workspace


@pytest.fixture(scope="module")
def practising(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with practice("private", tmp_path_factory.mktemp("practice"), accept_after=None) as made:
        yield made


def test_the_answers_are_drafts_that_lack_nothing_and_are_still_to_be_gone_through(practising: Practice) -> None:
    places = {place.name: place for place in practising.workspace.begun()}

    assert tuple(places) == practising.names == ("use1-a", "acme-prod")
    for place in places.values():
        walk = Walk(practising.workspace, place, keep=lambda draft: None)
        assert walk.changed
        assert walk.draft.problems == ()
        assert drafts.path_of(place).exists()
        assert not place.answers.exists()


def test_what_the_dba_has_sent_can_be_read(practising: Practice) -> None:
    assert read_sent(practising.sent.read_text(), name=SENT).databases


def test_the_operator_works_in_the_world_and_in_no_account_of_the_shell(
    practising: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")

    assert "AWS_PROFILE" not in practising.environ
    assert practising.environ["AWS_ENDPOINT_URL"] == practising.world.endpoint_url


def test_the_secrets_are_given_in_memory_and_told_nowhere(practising: Practice) -> None:
    played, secret = practising.played, practising.world.database_password

    assert secret not in repr(played)
    written = [path.read_text() for path in practising.workspace.root.rglob("*") if path.is_file()]
    assert written
    assert not any(secret in text for text in written)


def test_a_folder_with_another_worlds_objects_is_refused(tmp_path: Path) -> None:
    place = Workspace(tmp_path).place("shard", "use1-a")
    place.path.mkdir(parents=True)
    place.draft.write_text("{}")

    with pytest.raises(UsageError, match="holds a workspace already"), practice("private", tmp_path):
        pytest.fail("it must not be opened")


def test_nothing_is_left_of_it_whatever_ends_the_front_end(tmp_path: Path) -> None:
    with suppress(ZeroDivisionError), practice("public", tmp_path) as made:
        keeper = psutil.Process(made.world.pid)
        processes = [keeper, *keeper.children(recursive=True)]
        assert len(processes) > 1
        raise ZeroDivisionError

    assert psutil.wait_procs(processes, timeout=120)[1] == []


class World:
    """Asks for one thing until the customer complies."""

    def __init__(self, *, broken: bool = False, times: int = 1) -> None:
        self.times = times
        self.wants = ["accept pcx-1"]
        self.complied = threading.Event()
        self.asked = threading.Event()
        self.did: list[str] = []
        self._broken = broken

    def call(self, action: str, name: str = "") -> Any:
        if self._broken:
            raise RehearsalError("The rehearsed world has ended")
        if action == "asked":
            self.asked.set()
            return self.wants
        self.did.append(f"{action} {name}".strip())
        if action == "put_fault":
            return None
        assert action == "comply"
        if len([did for did in self.did if did == "comply"]) == self.times:
            self.wants = []
            self.complied.set()
        return None


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    answers = tmp_path / "deployments" / "acme-prod" / "answers.yaml"
    answers.parent.mkdir(parents=True)
    answers.write_text("")
    return Workspace(tmp_path)


Attending = Callable[..., Customer]


@pytest.fixture
def attending(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Attending:
    monkeypatch.setattr("wizard.rehearsal.practice._LOOK_S", 0.001)

    def attend(world: World, *faults: str) -> Customer:
        customer = Customer(cast("WorldHandle", world), workspace, 0.001, faults)
        customer.start()
        return customer

    return attend


def hand_over(workspace: Workspace) -> None:
    contract = workspace.place("deployment", "acme-prod").contract("instance")
    contract.parent.mkdir()
    contract.write_text(json.dumps({}))


def test_the_customer_does_what_they_are_asked_for_once_it_is_handed_over(
    attending: Attending, workspace: Workspace
) -> None:
    world = World()
    customer = attending(world)

    assert not world.asked.wait(0.1), "nobody has told the customer of anything yet"
    hand_over(workspace)
    assert world.complied.wait(120)
    customer.end()


def test_faults_come_around_the_customers_part_and_once_so_that_they_can_be_mended(
    attending: Attending, workspace: Workspace
) -> None:
    hand_over(workspace)
    world = World(times=2)
    customer = attending(world, "wrong-password", "route-missing")

    assert world.complied.wait(120)
    customer.end()
    assert world.did == ["put_fault route-missing", "comply", "put_fault wrong-password", "comply"]


def test_a_customer_who_could_not_do_their_part_is_reported(attending: Attending, workspace: Workspace) -> None:
    hand_over(workspace)
    customer = attending(World(broken=True))
    customer.join(120)

    with pytest.raises(RehearsalError, match="has ended"):
        customer.end()
