"""What a look at the customer's account gives a screen, and how its lines are drawn. Blocks: called from workers alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screens.widgets.hanging import Pair
from wizard.handoff.model import Act, accounts

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.doing.acting import Order
    from wizard.deploy.doing.decided import Doing
    from wizard.deploy.target import Target

#: How a mark is drawn.
STYLES = {"✓": "$text-success", "✗": "bold $text-error", "+": "bold $text-accent", "…": "$text-warning"}


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: which of their accounts, and whether it is to be done, taken back, or restarted."""

    account: int = 0
    undo: bool = False
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look gave: the customer's accounts, and in each region of the one that was looked at the calls that are left."""

    accounts: tuple[str, ...]
    orders: tuple[tuple[Order, Doing], ...]

    @property
    def moves(self) -> int:
        """How many things there are to do."""
        return sum(len(part.moves) for _, doing in self.orders for part in doing.parts)

    @property
    def restart(self) -> str:
        """The instance that would be restarted; empty for none."""
        return next((doing.restart for _, doing in self.orders if doing.restart), "")


def look_at(desk: Desk, target: Target, look: Look) -> Seen:
    """Look at the account, and decide for each of its regions. Raises PlanewrightError."""
    from wizard.aws.session import open_session, require_account
    from wizard.deploy.doing import opening
    from wizard.deploy.doing.deciding import Wish
    from wizard.deploy.handoff import steps_of

    steps = steps_of(target)
    known = accounts(steps)
    restarts = tuple(step.key for step in steps if step.act is Act.REBOOT and look.restart)
    operator = open_session(target.shard.account, environ=desk.environ, mfa_code=desk.mfa_code)
    require_account(operator.identity(), target.shard.account)
    way = opening.Way(account_id=known[look.account] if known else "")
    orders = opening.orders(target, operator, Wish(restarts, look.undo), way)
    return Seen(known, tuple((order, order.doing()) for order in orders))


def pair(line: str) -> Pair:
    """Hang a line under its mark, or under its indent."""
    text = line.lstrip()
    indent = len(line) - len(text)
    mark = text[:1] if text[:1] in STYLES or text[:2] == "· " else ""
    if mark and not indent:
        return Pair(f"{mark} ", text[1:].lstrip(), STYLES.get(mark, ""))
    if indent:
        return Pair(" " * indent, text, "", "" if text.startswith("aws ") else "$text-muted")
    return Pair(line, "", "bold") if line.startswith("account ") else Pair("", line)
