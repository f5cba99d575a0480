"""A look for drift in plain lines: what a person reads, in a terminal and on a screen. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from wizard.deploy.drift.looking import Look
from wizard.drift.found import Drifted, Stray, Way

#: Attributes shown of one resource; `--json` has all of them.
SHOWN: Final = 8


def lines(look: Look) -> Iterator[str]:
    """Give a look, the worst first."""
    if look.waiting:
        yield f"… {look.stack}: not looked at, {look.waiting}"
        return
    yield f"{'✓' if look.clean else '!'} {look.stack}: {counted(look)} (looked at {look.at:%Y-%m-%d %H:%M} UTC)"
    for one in look.drifted:
        yield from _drifted(one)
    for stray in look.strays:
        yield from _stray(stray)
    for note in look.notes:
        yield f"  ! {note}"
    if look.designed:
        yield f"  no drift, by design: {len(look.designed)} (what other stacks and the customer add; --json names them)"


def counted(look: Look) -> str:
    """Say how much there is in a few words."""
    parts = []
    if look.drifted:
        parts.append(f"{_number(len(look.drifted), 'resource')} drifted")
    if look.strays:
        parts.append(f"{_number(len(look.strays), 'resource')} of ours in no state")
    return ", ".join(parts) or "no drift"


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _drifted(one: Drifted) -> Iterator[str]:
    yield f"  {one.severity.symbol} {one.severity.value:8} {one.address}  {one.headline}"
    for attribute in one.attributes[:SHOWN]:
        yield f"      {attribute.path}: {short(attribute.was)} → {short(attribute.now)}"
    if len(one.attributes) > SHOWN:
        yield f"      and {_number(len(one.attributes) - SHOWN, 'more attribute')}"
    yield f"      by: {one.doer.text}{f' (with {one.doer.agent})' if one.doer.agent else ''}"
    yield f"      means: {one.interrupts}"
    for way in one.ways:
        if way.open or way.by_hand or way.way is not Way.IMPORT:
            yield f"      {way.way.value}{'' if way.open else ' (not here)'}: {way.what}"
        if way.by_hand:
            yield f"        {way.by_hand}"


def _stray(one: Stray) -> Iterator[str]:
    named = f" ({one.name})" if one.name else ""
    yield f"  ! {one.type} {one.id}{named} carries our tags and is in no state"
    if len(one.candidates) == 1:
        yield f"      import: it is what the stack would make anew: --import '{one.candidates[0]}={one.id}'"
    elif one.candidates:
        yield f"      import: --import 'ADDRESS={one.id}', with one of {', '.join(one.candidates)}"
    else:
        yield "      the stack asks for nothing like it: if nobody needs it, delete it by hand; else have the answers ask for it"


def short(value: Any) -> str:
    """Give a value as it is shown in a line."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 100 else text[:97] + "…"


def ways_on(name: str, looks: tuple[Look, ...]) -> Iterator[str]:
    """Say which commands go on from here."""
    drifted = next((look for look in looks if look.drifted), None)
    if drifted is None:
        return
    address = drifted.drifted[0].address
    yield f"next: planewright drift {name} {drifted.stack} --accept ADDRESS | --revert [ADDRESS] | --import ADDRESS=ID"
    yield f"  such as --revert '{address}'; --revert alone puts all of {drifted.stack} back. Each plan is shown before it is applied."
