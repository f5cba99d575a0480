"""What the apply step says. Pure: values in, content out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from screens.widgets.run_words import error_text
from wizard.blueprints.springtail.stacks import INSTANCE
from wizard.deploy.flow import Concluded, Planned
from wizard.engine.cancel import WHAT_IT_DOES
from wizard.engine.plans import destructive
from wizard.engine.runs import Run
from wizard.errors import PlanewrightError
from wizard.redact import Redactor

if TYPE_CHECKING:
    from wizard.aws.secrets import SeedResult

Mask = Callable[[str], str]
_OUTPUTS_SHOWN = 40
_BUSY = {
    "starting": "… starting: the account and the plan's digest are checked once more",
    "handing over": "… handing over: reading the outputs, and settling what the provider reads back differently",
    "seeding": "… seeding the secrets",
}


def offer(planned: Planned | None, mask: Mask, *, run: Run | None) -> Content:
    """What could be applied now."""
    if planned is None:
        if run is not None:
            return Content("")
        return Content.styled(
            "· Nothing to apply: a plan is made, looked at and taken up at the step Plan.", "$text-muted"
        )
    account = planned.target.shard.account
    if planned.plan.view.empty:
        return Content.assemble(
            ("= no changes  ", "bold $text-success"),
            (f"{planned.stack} of {mask(planned.target.name)}", "bold"),
            ": nothing is to be applied. ",
            ("a reads and keeps its outputs.", "bold"),
        )
    return Content.assemble(
        ("● ready  ", "bold $text-accent"),
        (f"{planned.stack} of {mask(planned.target.name)}", "bold"),
        f": {planned.plan.view.counts}, in {mask(account.id)} {account.region}. ",
        ("a applies it.", "bold"),
    )


def question(planned: Planned) -> str:
    """The last question before an apply; whoever asks it masks it."""
    account = planned.target.shard.account
    return f"Apply {planned.stack} of {planned.target.name} to account {account.id}, {account.region}?"


def what_it_means(planned: Planned, mask: Mask) -> Content:
    """What a yes to it leads to."""
    lines = [Content(f"{planned.plan.view.counts}."), *lost(planned, mask)]
    lines.append(
        Content.styled("It goes on by itself once it is started, whether this screen is open or not.", "$text-muted")
    )
    return Content("\n").join(lines)


def lost(planned: Planned, mask: Mask) -> list[Content]:
    """What a plan would lose, once more; nothing where it loses nothing."""
    losses = destructive(planned.plan.view.changes)
    if not losses:
        return []
    warning = f"‼ {len(losses)} of these hold data or names, and cannot be brought back:"
    each = [Content.styled(f"  {mask(loss.address)} loses {mask(loss.what)}", "$text-error") for loss in losses]
    return [Content.styled(warning, "bold $text-error"), *each]


def busy(what: str) -> Content:
    """What a thread does now."""
    return Content.styled(_BUSY[what], "$text-accent")


def going(name: str, mask: Mask, *, stopping: bool) -> Content:
    """What may be done while a run goes on."""
    shown = mask(name)
    leave = f"The run goes on if you leave or quit: open {shown} again, or `planewright watch {shown}`."
    if stopping:
        asked = Content.styled(f"◼ asked to stop. {WHAT_IT_DOES} c again asks for more.", "$text-warning")
        return Content("\n").join([asked, Content.styled(leave, "$text-muted")])
    return Content.styled(leave, "$text-muted")


def left(run: Run) -> Content:
    """An apply that nobody concluded."""
    return Content.assemble(
        (f"! {run.request.stack} is applied, and its outputs are not taken over: ", "bold $text-warning"),
        "whoever started this run did not live to. ",
        ("o takes them over.", "bold"),
    )


def concluded(stack: str, result: Concluded, stacks: Sequence[str], mask: Mask) -> Content:
    """What an apply left, and what comes next."""
    clean = Redactor().text
    lines = [Content.styled(f"✓ {stack} is handed over", "bold $text-success")]
    if result.settled:
        lines.append(
            Content(f"  settled: {result.settled} resources that the provider reads back as empty instead of unset")
        )
    lines += [Content.styled(f"! drift, not taken in: {mask(address)}", "$text-warning") for address in result.drift]
    if result.note:
        lines.append(Content.styled(f"! {mask(clean(result.note))}", "$text-warning"))
    lines.append(after(stack, stacks))
    flat = list(_flat(result.outputs.model_dump(mode="json")))
    lines += [
        Content.assemble((f"  {key:<34} ", "$text-muted"), mask(clean(value))) for key, value in flat[:_OUTPUTS_SHOWN]
    ]
    if len(flat) > _OUTPUTS_SHOWN:
        lines.append(Content.styled(f"  and {len(flat) - _OUTPUTS_SHOWN} more, in the contract", "$text-muted"))
    return Content("\n").join(lines)


def after(stack: str, stacks: Sequence[str]) -> Content:
    """What comes after a stack that is applied and handed over."""
    rest = list(stacks[stacks.index(stack) + 1 :]) if stack in stacks else []
    parts = ["s seeds the secrets"] if stack == INSTANCE else []
    if rest:
        parts.append(f"then plan {rest[0]} at the step Plan once the customer has accepted; w confirms it before")
    elif INSTANCE in stacks:
        parts.append("the step Verify proves the path")
    text = "; ".join(parts) or "deployments can stand on it now"
    return Content.assemble(("next: ", "bold"), text)


def waited_for(mask: Mask) -> Content:
    """What was confirmed before has been applied by itself."""
    del mask
    return Content.assemble(
        ("✓ applied by itself, as it was confirmed, and handed over  ", "bold $text-success"),
        ("next: ", "bold"),
        "the step Verify proves the path",
    )


def failed(what: str, error: PlanewrightError, mask: Mask) -> Content:
    """What did not come about, why, and the way on."""
    return Content("\n").join([Content.styled(f"{what}:", "bold"), error_text(error, mask)])


def seeded(result: SeedResult, mask: Mask) -> Content:
    """What the seeding did, by name alone."""
    lines = []
    for event in result.events:
        missing = event.did == "missing"
        symbol, style = ("…", "$text-warning") if missing else ("✓", "$text-success")
        lines.append(Content.assemble((f"{symbol} {event.which:<9} {event.did:<8} ", style), mask(event.name)))
    lines += [Content.styled(f"? not proven: {sentence}", "$text-muted") for sentence in result.not_proven]
    lines.append(
        Content.styled("✓ every secret has its value", "bold $text-success")
        if result.complete
        else Content.styled("! something is still missing: s asks for it again", "bold $text-warning")
    )
    return Content("\n").join(lines)


def _flat(value: object, at: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in _flat(item, f"{at}.{key}" if at else str(key))]
    if isinstance(value, list):
        return [pair for number, item in enumerate(value) for pair in _flat(item, f"{at}[{number}]")]
    return [] if value is None else [(at, str(value))]
