"""The customer's steps done for them, line by line: each call is said, and the typed account id lets them be made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wizard.cli import common
from wizard.cli.common import say
from wizard.cli.guide.talk import Option
from wizard.handoff.model import Act, accounts
from wizard.redact import Redactor

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way
    from wizard.deploy.doing.acting import Order
    from wizard.deploy.doing.decided import Doing
    from wizard.deploy.target import Target

OPTIONS = (
    Option("do", "do the customer's steps for them: each call is said first, and takes their consent"),
    Option("undo", "take back what was done in their account, in the same way"),
    Option("restart", "restart their database, which takes its own word"),
)


def go(way: Way, word: str) -> None:
    """Look at their account, say each call that is left, and make them once the id is typed."""
    from wizard.deploy.doing import opening
    from wizard.deploy.doing.deciding import Wish
    from wizard.deploy.handoff import steps_of

    target = way.saved()
    steps = steps_of(target)
    restarts = tuple(step.key for step in steps if step.act is Act.REBOOT and word == "restart")
    if word == "restart" and not restarts:
        say("no restart is asked for")
        return
    operator = common.session_of(target)
    say("looking at the customer's account: please wait")
    for account in accounts(steps) or ("",):  # of none, it is told why
        found = opening.orders(target, operator, Wish(restarts, word == "undo"), opening.Way(account_id=account))
        for order in found:
            if not _go(way, target, order):
                return


def _go(way: Way, target: Target, order: Order) -> bool:
    """Do what is left at one site; False where one should not go on to the next."""
    from wizard.deploy.doing import opening
    from wizard.deploy.doing.acting import Consent
    from wizard.engine.processes import me
    from wizard.walk import doing_text

    shown = order.doing()
    way.talk.tell(Redactor().text(line) for line in doing_text.shown(shown))
    if not shown.any_moves:
        say(doing_text.nothing(shown))
        return True
    typed, restart = _asked(way, shown)
    if typed != shown.site.account_id or restart != shown.restart:
        say("nothing was changed")
        return False
    consent = Consent(typed, me(), datetime.now(UTC), restart)
    outcome = opening.do(
        target, order, shown, consent, told=lambda made: say(Redactor().text(doing_text.made_line(made)))
    )
    for line in doing_text.ended(shown, outcome):
        say(Redactor().text(line))
    if outcome.error is not None:
        raise outcome.error
    return True


def _asked(way: Way, shown: Doing) -> tuple[str, str]:
    from wizard.walk import doing_text

    typed = way.talk.ask(f"{doing_text.asked(shown)} (anything else: no)").strip()
    restart = ""
    if shown.restart and typed == shown.site.account_id:
        restart = way.talk.ask(f"{doing_text.asked_restart(shown)} (anything else: no)").strip()
    return typed, restart
