"""An upgrade as a list: its steps as a ladder, where each thing stands, which way there is to each target. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from wizard.walk.entries import Entry, Tone
from wizard.walk.upgrade_text import counted, versions
from wizard.walk.upgrades import NOTHING, Looked

if TYPE_CHECKING:
    from wizard.deploy.upgrading.course import Seen
    from wizard.deploy.upgrading.record import Walked
    from wizard.upgrades.steps import Gate
    from wizard.upgrades.survey import Survey, Thing, Way


def entries(looked: Looked, *, at_work: bool = False) -> Iterator[Entry]:
    """Give all of it. `at_work`: somebody carries the step that was begun, here and now."""
    yield _upgrade(looked)
    for number, walked in enumerate(looked.steps, 1):
        yield _step(looked, number, walked, at_work=at_work)
    if looked.survey is not None:
        yield from _things(looked, looked.survey)
        yield from _ways(looked, looked.survey)


def key_of(walked: Walked) -> str:
    """Give the key of a step's entry."""
    return f"step {walked.step.key}"


def step_of(looked: Looked, key: str) -> Walked | None:
    """Give the step that an entry's key names."""
    return next((walked for walked in looked.steps if key_of(walked) == key), None)


# -- the ladder


def _upgrade(looked: Looked) -> Entry:
    title, half, total = f"upgrade of {looked.name}", looked.half, len(looked.steps)
    told: tuple[tuple[str, str], ...]
    if half is not None:
        told = (("begun", f"{half.begun_at:%Y-%m-%d %H:%M} UTC by {half.who}"), ("why", half.reason))
        done = f"{sum(it.done for it in looked.steps)} of {counted(total)} done"
        return Entry("upgrade", "●", "half-way", Tone.NOW, title, done, tuple(it for it in told if it[1]))
    if looked.refused is not None:
        told = tuple(("why", rule) for rule in looked.refused.rules)
        return Entry("upgrade", "✗", "no way", Tone.BAD, title, f"nothing leads to {looked.refused.target}", told)
    if not looked.steps:
        return Entry(
            "upgrade", "✓", "as wanted", Tone.GOOD, title, "nothing to do", (("so", f"{looked.name} {NOTHING}"),)
        )
    told = (("each", "is an apply of its own: its plan is shown, and you are asked"),)
    return Entry("upgrade", "·", "not begun", Tone.QUIET, title, counted(total), told)


def _step(looked: Looked, number: int, walked: Walked, *, at_work: bool) -> Entry:
    seen = looked.seen if walked.begun else {}
    symbol, word, tone = _standing(walked, seen, at_work=at_work)
    step, title = walked.step, f"{number}. {walked.step.title}"
    red = next(
        (f"{gate.says}: {seen[gate.key].says}" for gate in step.gates if gate.key in seen and not seen[gate.key].ok), ""
    )
    beside = "" if walked.done else red or ("no way back" if step.one_way and walked.begun else "")
    return Entry(key_of(walked), symbol, word, tone, title, beside, tuple(_told(looked, walked, seen)), below=True)


def _standing(walked: Walked, seen: Mapping[str, Seen], *, at_work: bool) -> tuple[str, str, Tone]:
    if walked.done:
        return "✓", "done", Tone.GOOD
    if walked.begun and walked.applied and (walked.started or seen) and walked.step.gates:
        return "…", "at a gate", Tone.WARN
    if walked.begun:
        return ("●", "now", Tone.NOW) if at_work else ("●", "begun", Tone.NOW)
    return ("!", "one way", Tone.WARN) if walked.step.one_way else ("·", "to come", Tone.QUIET)


def _told(looked: Looked, walked: Walked, seen: Mapping[str, Seen]) -> Iterator[tuple[str, str]]:
    step = walked.step
    if walked.begun:
        yield "how far", walked.word
    gates = [("gate", _gate(walked, gate, seen.get(gate.key))) for gate in step.gates]
    if walked.applied and not walked.done:  # what it waits for now
        yield from gates
    if step.one_way:
        yield "one way", f"{step.one_way}; it takes the typed name"
    yield "why", step.why
    yield "stack", f"{step.stack}: a plan of all of it, shown and agreed to"
    for number, line in enumerate(looked.survey.written_by(step) if looked.survey is not None else ()):
        yield ("" if number else "pins"), line
    if step.before:
        yield "before", ", ".join(map(str, step.before))
    if step.after:
        yield "after", ", ".join(map(str, step.after))
    if not walked.applied or walked.done:
        yield from gates
    if not step.one_way:
        yield "back", step.back
    if walked.begun_at is not None:
        until = f", done {walked.done_at:%Y-%m-%d %H:%M} UTC" if walked.done_at is not None else ""
        yield "begun", f"{walked.begun_at:%Y-%m-%d %H:%M} UTC by {walked.who}{until}"
    if walked.run:
        yield "run", walked.run
        yield "plan", walked.digest


def _gate(walked: Walked, gate: Gate, seen: Seen | None) -> str:
    last = dict(walked.seen).get(gate.key, "")
    if walked.done:
        return f"✓ {gate.says}{f': {last}' if last else ''}"
    if seen is not None:
        return f"{'✓' if seen.ok else '…'} {gate.says}: {seen.says}"
    return f"· {gate.says}{f' (last seen: {last})' if last else ''}"


# -- where things stand


def _things(looked: Looked, survey: Survey) -> Iterator[Entry]:
    by_key: dict[str, list[Thing]] = {}
    for thing in survey.things:
        by_key.setdefault(thing.key, []).append(thing)
    if not by_key:
        return
    if looked.since:
        yield Entry("stands", "·", "earlier", Tone.QUIET, "where it stood", _as_of(looked))
        for key, things in by_key.items():
            told = tuple((thing.says, versions(thing)) for thing in things)
            yield Entry(
                f"thing {key}", "·", "earlier", Tone.QUIET, things[0].called, _differs(things), told, below=True
            )
        return
    open_ = [key for key, things in by_key.items() if not all(thing.settled for thing in things)]
    beside = f"{len(by_key) - len(open_)} of {len(by_key)} as wanted"
    symbol, word, tone = _settled(well=not open_)
    yield Entry("stands", symbol, word, tone, "where it stands", beside)
    for key in (*open_, *(key for key in by_key if key not in open_)):
        yield _thing(looked, key, by_key[key])


def _as_of(looked: Looked) -> str:
    at = f"as of {looked.at:%H:%M} UTC, " if looked.at is not None else ""
    return f"{at}before step {looked.since}"


def _settled(*, well: bool) -> tuple[str, str, Tone]:
    return ("✓", "as wanted", Tone.GOOD) if well else ("~", "differs", Tone.WARN)


def _thing(looked: Looked, key: str, things: list[Thing]) -> Entry:
    told = [(thing.says, versions(thing)) for thing in things]
    told += [("by step", f"{number}. {it.step.title}") for number, it in enumerate(looked.steps, 1) if _brings(it, key)]
    symbol, word, tone = _settled(well=all(thing.settled for thing in things))
    return Entry(f"thing {key}", symbol, word, tone, things[0].called, _differs(things), tuple(told), below=True)


def _differs(things: list[Thing]) -> str:
    open_ = (thing for thing in things if not thing.settled)
    return "; ".join(f"{it.says} {it.runs or 'not there'} → {it.wanted or 'gone'}" for it in open_)


def _brings(walked: Walked, key: str) -> bool:
    """Whether a step that is not done is about a thing: it sets it, or sees to it that it runs."""
    step = walked.step
    named = {name for gate in step.gates if gate.kind == "nodes_run" for name, _ in gate.wanted}
    return not walked.done and (key in named or key in dict(step.sets))


# -- ways


def _ways(looked: Looked, survey: Survey) -> Iterator[Entry]:
    if survey.ways:
        beside = f"{len(survey.ways)}{f', {_as_of(looked)}' if looked.since else ''}"
        yield Entry("ways", "·", "ways", Tone.QUIET, "to each target", beside)
    for number, way in enumerate(survey.ways):
        yield _way(number, way)


def _way(number: int, way: Way) -> Entry:
    if not way.applies:
        symbol, word, tone = "✗", "no way", Tone.BAD
    elif way.rules:
        symbol, word, tone = "!", "in steps", Tone.WARN
    else:
        symbol, word, tone = "✓", "at once", Tone.GOOD
    told = [("why not at once" if way.applies else "why", rule) for rule in way.rules]
    told += [("what works" if not at else "", f"{at + 1}. {title}") for at, title in enumerate(way.applies)]
    told += [("one way", way.one_way)] if way.one_way else []
    beside = " · ".join(filter(None, ("wanted" if way.asked else "", counted(len(way.applies)) if way.applies else "")))
    return Entry(f"way {number}", symbol, word, tone, way.target, beside, tuple(told), below=True)
