"""Upgrades in plain lines: where an object stands, which ways there are, what each step does. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.deploy.upgrading.record import Walked
from wizard.upgrades.survey import Survey, Thing, Way


def counted(number: int) -> str:
    """Give `1 step`, `3 steps`."""
    return f"{number} step{'' if number == 1 else 's'}"


def versions(thing: Thing) -> str:
    """Say which versions there are of a thing, and whether that is as it is wanted."""
    if thing.settled:
        return thing.runs or "none"
    parts = [f"runs {thing.runs}" if thing.runs else "not there"]
    if thing.pinned and thing.pinned != thing.runs:
        parts.append(f"the files pin {thing.pinned}")
    parts.append(f"wanted {thing.wanted}" if thing.wanted else "wanted no more")
    return ", ".join(parts)


def stands(survey: Survey) -> Iterator[str]:
    """Say where each thing stands, those first that are not as they are wanted."""
    for settled in (False, True):
        for thing in survey.things:
            if thing.settled is settled:
                yield f"  {'✓' if settled else '~'} {thing.called}, {thing.says}: {versions(thing)}"


def ways(found: Iterable[Way]) -> Iterator[str]:
    """Say which way there is to each target: what forbids it at once, and what works."""
    for way in found:
        mark, how = (
            ("✗", "no way leads there")
            if not way.applies
            else ("‼", "not at once")
            if way.rules
            else ("✓", "one apply")
        )
        yield f"  {mark} {way.target}: {how}{' (wanted)' if way.asked else ''}"
        yield from (f"       why:  {rule}" for rule in way.rules)
        if len(way.applies) > 1:
            yield f"       works: each in an apply of its own: {', then '.join(way.applies)}"
        if way.one_way:
            yield f"       one way: {way.one_way}"


def step(number: int, walked: Walked, writes: Iterable[str] = ()) -> Iterator[str]:
    """Say what a step does, and how far it is; of one that is done no more than that."""
    it = walked.step
    mark = "✓" if walked.done else "●" if walked.begun else "·"
    yield f"{number:3}. {mark} {it.title}  ({it.stack}{'' if walked.word == 'to do' else f'; {walked.word}'})"
    if walked.done:
        return
    yield f"       why:  {it.why}"
    yield from (f"       pins: {line}" for line in writes)
    for told, acts in (("before its apply", it.before), ("after it", it.after)):
        if acts:
            yield f"       {told}: {', '.join(map(str, acts))}"
    for gate in it.gates:
        said = dict(walked.seen).get(gate.key)
        yield f"       then seen: {gate.says}{f' (last: {said})' if said else ''}"
    if it.one_way:
        yield f"       ✗ one way, takes the typed name: {it.one_way}"
    elif it.back:
        yield f"       back: {it.back}"
