"""A party in a rehearsal, operator or customer: which IAM actions their programs use, held to their policy when there is one."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.rehearsal.embedded import ApiCall
from wizard.rehearsal.embedded.accounts import account_of_known_key

_ENGINES = ("HashiCorp/", "OpenTofu/")
#: The engine's provider and backend, and this program itself. A test's or a person's own calls name neither.
OPERATORS = (*_ENGINES, "planewright/")
#: What the customer does their steps with: the engine too, or the AWS CLI.
CUSTOMERS = (*_ENGINES, "aws-cli/")


class Operator:
    """Knows a party's calls by key and user agent: the world's other parts act by roles of their own."""

    def __init__(self, account: str, programs: tuple[str, ...] = OPERATORS) -> None:
        self._account = account
        self._programs = programs
        self._held: frozenset[str] | None = None
        #: IAM actions that were used so far. Only ever grows, and adding to a set is atomic.
        self.used: set[str] = set()

    def hold(self, actions: Iterable[str] | None = None) -> None:
        """Allow these IAM actions and no others; None allows everything again."""
        self._held = None if actions is None else frozenset(actions)

    def may(self, call: ApiCall) -> bool:
        """Note a call of the party's, and say whether their policy allows it. Anybody else may do everything."""
        if account_of_known_key(call.access_key) != self._account:
            return True
        if not any(program in call.user_agent for program in self._programs):
            return True
        self.used.add(call.permission)
        return self._held is None or call.permission in self._held
