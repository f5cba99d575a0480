"""What would be done in the customer's account, and what was, in plain lines: the same words in every front end. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.deploy.doing.acting import Ended, Made, Outcome
from wizard.deploy.doing.calls import Call
from wizard.deploy.doing.decided import Doing, Part, Stand

_ENDS = {Ended.DONE: "✓", Ended.TOO_EARLY: "…", Ended.REFUSED: "✗"}


def shown(doing: Doing) -> Iterator[str]:
    """Say each step: how it stands, what was seen, and each call that would be made, as a line of the AWS CLI."""
    what = "what would be taken back" if doing.undo else "what would be done"
    yield f"account {doing.site.account_id}, {doing.site.region}: {what}"
    for part in doing.parts:
        yield from of_part(part, doing.site.region)


def of_part(part: Part, region: str) -> Iterator[str]:
    """Say one step."""
    yield f"{part.stand.symbol} {part.step.key}: {part.stand.value}"
    yield from (f"    {note}" for note in part.notes)
    if part.why:
        yield f"    why: {part.why}"
    for move in part.moves:
        yield f"    {move.line(region)}" if isinstance(move, Call) else f"    then {move.words}"


def nothing(doing: Doing) -> str:
    """Say that there is nothing to do here; empty where there is."""
    if doing.any_moves:
        return ""
    return "nothing is to be taken back" if doing.undo else "nothing is left that could be done here"


def asked(doing: Doing) -> str:
    """Ask for the consent."""
    count = len(doing.calls)
    return (
        f"{'This call changes' if count == 1 else f'These {count} calls change'} account {doing.site.account_id}, "
        "the customer's. With their consent, type its id:"
    )


def asked_restart(doing: Doing) -> str:
    """Ask for the word that a restart wants besides."""
    return f"It restarts {doing.restart}, which cuts every connection for about a minute. Type its name at the agreed time:"


def made_line(made: Made) -> str:
    """Say how a call ended, in one line."""
    why = f": {made.why}" if made.why else ""
    return f"{_ENDS[made.ended]} {made.ended.value}  {made.line}{why}"


def ended(doing: Doing, outcome: Outcome) -> Iterator[str]:
    """Say what was made of it all."""
    done = sum(made.ended is Ended.DONE for made in outcome.made)
    if outcome.error is not None:
        yield f"✗ stopped at the first refusal: {done} done, {len(outcome.not_made)} not made:"
        yield from (f"    {line}" for _, line in outcome.not_made)
        yield "what was done stays; when the cause is gone, do it again: what is done is left alone"
        return
    later = [made for made in outcome.made if made.ended is Ended.TOO_EARLY]
    yield f"✓ {done} {'taken back' if doing.undo else 'done'} in account {doing.site.account_id}"
    yield from (f"… {made.key}: {made.why}" for made in later)
    yield from (f"{part.stand.symbol} {part.step.key}: {part.why}" for part in doing.left)


def open_steps(doing: Doing) -> tuple[Part, ...]:
    """Give the steps that cannot be done now, for a reason that somebody has to mend."""
    return tuple(part for part in doing.parts if part.stand in {Stand.BLOCKED, Stand.WAITS})
