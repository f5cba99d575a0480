"""What was done in a customer's account, by whom, with which consent: written down before the first call, and after each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from wizard.deploy import journals
from wizard.deploy.doing.acting import Consent, Made
from wizard.deploy.doing.decided import Doing
from wizard.workspace import Place

if TYPE_CHECKING:
    from wizard.aws.session import Identity

JOURNAL: Final = "for-customer.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """A consent, or a call under it: when, by whom, as whom in their account, and what."""

    at: datetime
    who: str
    as_whom: str
    account: str
    what: str


class Keeper:
    """Keeps what is done for one object, each thing as one line that is there before the next thing is done."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._about: dict[str, str] = {}

    def begun(self, shown: Doing, consent: Consent, identity: Identity) -> None:
        """Keep the consent, and all that it covers."""
        self._about = {"who": consent.who, "as": identity.arn, "account": consent.account_id, "doing": shown.digest}
        journals.append(
            self._place,
            JOURNAL,
            {
                **self._about,
                "what": "consent",
                "at": consent.at.isoformat(),
                "typed": consent.account_id,
                "restart": consent.restart,
                "undo": shown.undo,
                "region": shown.site.region,
                "calls": [[part.step.key, call.line(shown.site.region)] for part in shown.parts for call in part.calls],
            },
        )

    def told(self, made: Made) -> None:
        """Keep how a call ended."""
        said = {
            "step": made.key,
            "line": made.line,
            "ended": made.ended.value,
            "why": made.why,
            "request": made.request,
        }
        journals.append(self._place, JOURNAL, {**self._about, "what": "call", "at": made.at.isoformat(), **said})


def entries(place: Place) -> Iterator[Entry]:
    """Give all that was done, in the order in which it was. Makes no folder where there was none."""
    return journals.read(place, JOURNAL, lambda at, it: Entry(at, it["who"], it["as"], it["account"], _what(it)))


def _what(value: Mapping[str, Any]) -> str:
    if value["what"] == "consent":
        done = "taken back" if value["undo"] else "done"
        restart = f", with the restart of {value['restart']}" if value["restart"] else ""
        return f"consent typed for account {value['account']}: {len(value['calls'])} calls to be {done}{restart}"
    why = f": {value['why']}" if value["why"] else ""
    return f"for the customer, {value['step']}: {value['line']} {value['ended']}{why}"
