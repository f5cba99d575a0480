"""The data path follows the answers, folds where it is narrow, and shows each hop's state by symbol, word and colour."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult

from screens.widgets.data_path import Picture, picture_of_deployment, picture_of_shard
from screens.widgets.diagram import Diagram
from screens.widgets.path_drawing import States, draw, text_of
from tests.checks.test_checks import deployment, shard
from tests.verify.world import outputs, shard_outputs
from wizard.answers.catalogue import answered
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.verify.hops import HopState
from wizard.verify.path import deployment_path, shard_path

SOME_SEEN: States = {
    "node.ingestion-0.running": HopState.PASSED,
    "node.ingestion-0.ssm": HopState.PASSED,
    "inbound.endpoint": HopState.PASSED,
    "inbound.nlb": HopState.PASSED,
    "inbound.target": HopState.NOT_OBSERVABLE,
    "peering.database": HopState.WAITING,
    "database.tcp": HopState.FAILED,
    "database.psql": HopState.NOT_OBSERVABLE,
    "outbound.answers": HopState.NOT_PROVABLE,
}


def given(name: str, *settings: str) -> dict[str, Any]:
    answers = deployment(name, *settings)
    return {**answered(answers.model_dump(mode="json"), DeploymentAnswers), "name": answers.name}


def picture(name: str, *settings: str) -> Picture:
    return picture_of_deployment(given(name, *settings), shard())


def labels(of: Picture, route: str) -> list[str]:
    return [stop.label for it in of.routes if it.key == route for _, stop in it.in_order]


class Shown(App[None]):
    def __init__(self, of: Picture, states: States | None = None) -> None:
        super().__init__()
        self.diagram = Diagram(of, states or {})

    def compose(self) -> ComposeResult:
        yield self.diagram


def test_the_private_path_goes_over_privatelink_and_one_peering() -> None:
    private = picture("private")
    assert labels(private, "database") == ["ingestion", "endpoint", "service", "NLB", "target", "peering", "database"]
    assert labels(private, "proxy") == ["application", "peering", "endpoint", "service", "NLB", "proxy"]


def test_the_path_through_the_customer_s_service_has_nothing_of_ours_between() -> None:
    service = picture("service")
    assert labels(service, "database") == ["ingestion", "endpoint", "service", "their NLB", "database"]
    assert labels(service, "proxy") == ["application", "their endpoint", "service", "NLB", "proxy"]
    assert [place.label for place in service.places] == ["shard use1-a", "customer"]
    assert "vpce-svc-0123456789abcdef0" in text_of(draw(service, 200))


def test_the_public_path_goes_over_nat_and_a_load_balancer() -> None:
    public = picture("public")
    assert labels(public, "database") == ["ingestion", "NAT gateway", "internet", "database"]
    assert labels(public, "proxy") == ["clients", "internet", "NLB", "proxy"]


@pytest.mark.parametrize("width", [40, 78, 100, 118, 200])
@pytest.mark.parametrize("name", ["private", "service", "public"])
@pytest.mark.parametrize("states", [{}, SOME_SEEN])
def test_no_line_is_wider_than_the_room(name: str, width: int, states: States) -> None:
    lines = text_of(draw(picture(name), width, states)).splitlines()
    assert max(map(len, lines)) <= width


def test_borders_meet_on_every_line() -> None:
    lines = text_of(draw(picture("private"), 118, SOME_SEEN)).splitlines()
    corners = [column for column, char in enumerate(lines[0]) if char in "┌┐"]
    assert len(corners) == 6
    for line in lines[1:-1]:
        assert all(line[column] in "│├┤" for column in corners), line


def test_what_is_answered_is_drawn_at_once() -> None:
    drawn = text_of(
        draw(
            picture(
                "private", "transit.vpc_cidr=100.64.9.0/24", "nodes.proxy.count=3", "database.host=pg.new.example.com"
            ),
            200,
        )
    )
    assert "100.64.9.0/24" in drawn
    assert "3 nodes" in drawn
    assert "pg.new.example.com:5432" in drawn


def test_what_is_not_answered_yet_is_asked_for() -> None:
    empty = {"name": "new-one", "topology": "private", "database.port": 5432}
    drawn = text_of(draw(picture_of_deployment(empty, None), 78))
    assert "?:5432" in drawn
    assert "shard ?" in drawn


def test_before_a_topology_is_chosen_there_is_no_path() -> None:
    assert "?" in text_of(draw(picture_of_deployment({"name": "new-one"}, None), 78))


def test_a_shard_shows_redis_and_the_fixed_address() -> None:
    of = picture_of_shard(answered(shard().model_dump(mode="json"), ShardAnswers), "use1-a")
    drawn = text_of(draw(of, 78))
    assert "use1-a-redis" in drawn
    assert "NAT gateway" in drawn


@pytest.mark.parametrize("name", ["private", "public"])
def test_every_hop_that_is_verified_is_at_a_stop_of_the_drawing(name: str) -> None:
    of = picture(name)
    stops = [stop for route in of.routes for _, stop in route.in_order]
    beside = ("node.fdw-", "redis.user")
    for hop in deployment_path(deployment(name), outputs(name)):
        shown = any(stop.state({hop.key: HopState.FAILED}) for stop in stops)
        assert shown != hop.key.startswith(beside), hop.key


def test_every_hop_of_a_shard_is_at_a_stop_of_the_drawing() -> None:
    of = picture_of_shard(answered(shard().model_dump(mode="json"), ShardAnswers), "use1-a")
    stops = [stop for route in of.routes for _, stop in route.in_order]
    assert all(any(stop.state({hop.key: HopState.PASSED}) for stop in stops) for hop in shard_path(shard_outputs()))


def test_a_stop_shows_the_hop_that_needs_somebody_most() -> None:
    of = picture("private")
    database = of.routes[0].stops[-1]
    assert database is not None
    assert database.state(SOME_SEEN) is HopState.FAILED
    assert database.state({}) is None


def test_states_are_said_in_words() -> None:
    drawn = text_of(draw(picture("private"), 78, SOME_SEEN))
    for words in ("✓ passed", "✗ failed", "… waiting", "? not observable", "~ not provable in rehearsal"):
        assert words in drawn


async def test_the_drawing_follows_and_takes_the_height_that_it_needs() -> None:
    app = Shown(picture("public"))
    async with app.run_test(size=(78, 40)) as pilot:
        before = app.diagram.size.height
        app.diagram.show(picture("private"), SOME_SEEN)
        await pilot.pause()
        assert app.diagram.size.height > before
        assert app.diagram.size.height == len(app.diagram.lines(78))


async def test_what_people_typed_is_no_markup() -> None:
    app = Shown(picture_of_deployment(given("private") | {"database.host": "[bold]x[/bold]"}, shard()))
    async with app.run_test(size=(200, 40)):
        assert "[bold]x[/bold]:5432" in app.diagram.render().plain


class Masking(Shown):
    def mask(self, text: str) -> str:
        return text.replace("db.acme.example.com", "•••").replace("222222222222", "••••••••••••")


async def test_names_and_numbers_are_masked_where_the_app_masks() -> None:
    app = Masking(picture("private"))
    async with app.run_test(size=(160, 40)):
        drawn = app.diagram.render().plain
        assert "•••:5432" in drawn
        assert "222222222222" not in drawn


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", ["private", "public"])
@pytest.mark.parametrize("seen", [False, True], ids=["planned", "seen"])
def test_looks(snap_compare: Any, size: tuple[int, int], name: str, seen: bool) -> None:
    states = SOME_SEEN if name == "private" else {"egress.address": HopState.FAILED, "proxy.nlb": HopState.PASSED}
    assert snap_compare(Shown(picture(name), states if seen else None), terminal_size=size)


def test_looks_without_colour(snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(Shown(picture("private"), SOME_SEEN), terminal_size=(120, 40))
