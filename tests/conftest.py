"""What holds for all tests: which share a worker when several run side by side, and that nothing is hurried."""

from __future__ import annotations

import os

import pytest
import pytest_timeout
from hypothesis import HealthCheck, settings

from wizard.aws import session
from wizard.aws.facts import gather

#: Rooms whose fixtures are dear or patch what others use; each stays in one worker, with those of the same group. The
#: embedded AWS patches moto for good: what needs moto as it is shares its worker, and stands before it.
TOGETHER = {
    "aws": "moto",
    "rehearsal": "moto",
    "engine": "engine",
    "generators": "generators",
    "live": "live",
    "verify": "verify",
}
#: The groups that begin first, the longest before the others: what is short fills in at the end (`--no-loadscope-reorder`).
FIRST = (
    *("private", "screens-private", "public", "screens-public"),  # the worlds of e2e: they mostly wait
    *("moto", "live", "handoff", "changes", "speculation", "generators", "engine", "verify", "browser"),
)
#: The rooms whose subject is how long a call may take.
HURRIED = {"aws"}
#: Seconds for the first test of a world, which builds it: several times what it takes on two cores.
WORLD = 2400
#: Characters of a failure that are told of what was run once more.
_TOLD = 4000

# The same examples in every run: what is refused in one place is refused in all. `make fuzz` draws new ones.
# None is hurried: how long an example takes is the machine's.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("repeatable", UNTIMED, derandomize=True)
settings.register_profile("fuzz", UNTIMED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def _room(item: pytest.Item) -> str:
    return item.path.as_posix().partition("/tests/")[2].partition("/")[0]


def _group(item: pytest.Item) -> str:
    marker = item.get_closest_marker("xdist_group")
    return str((*marker.args, *marker.kwargs.values())[0]) if marker else ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The worlds first: they mostly wait, and everything else fits beside them. Within a group the order is as it was."""
    for item in items:
        room = _room(item)
        if room in TOGETHER:
            item.add_marker(pytest.mark.xdist_group(TOGETHER[room]))
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.timeout(WORLD))
    turn = {group: number for number, group in enumerate(FIRST)}
    items.sort(key=lambda item: turn.get(_group(item), len(turn)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give a second try its time: the timer ended with the first."""
    if getattr(item, "execution_count", 1) > 1:
        limits = pytest_timeout._get_item_settings(item)
        item.ihook.pytest_timeout_set_timer(item=item, settings=limits)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what went wrong the first time with what was run once more: in a world that it changed it fails otherwise."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"the first time: {report.nodeid}", sep="_")
        terminalreporter.write_line(report.longreprtext[-_TOLD:])


@pytest.fixture(autouse=True)
def unhurried(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What commands say is tested, not how soon: the embedded AWS may be slow on a busy machine."""
    if _room(request.node) not in HURRIED:
        monkeypatch.setattr(gather, "DEADLINE_S", 120.0)
        monkeypatch.setattr(session, "BRISK", session.Patience(10, 60, 4))
