"""An interactive shell on a node, from the screens: the nodes with how their agents are, then the terminal is the shell's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.outside import Errand, lend
from screens.widgets.notes import MUTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.aws.commands import NodePing
    from wizard.aws.session import AwsSession
    from wizard.blueprints.springtail.contracts import NodeOutput
    from wizard.deploy.session import Shell
    from wizard.deploy.target import Target


@dataclass(frozen=True, slots=True)
class Nodes:
    """A deployment's nodes, and what SSM says of each now, by instance id."""

    target: Target
    session: AwsSession
    nodes: Mapping[str, NodeOutput]
    pings: Mapping[str, NodePing]


class NodeShell(Errand):
    """Asks which node when there are more, looks whether it can be reached, lends it the terminal."""

    title_text: ClassVar[str] = "A shell on a node"
    beginning: ClassVar[str] = "… asking SSM which nodes can be reached"
    _found: Nodes

    def begin(self) -> Nodes:
        """Look at the nodes, as who the answers name."""
        from wizard.aws.session import open_session
        from wizard.deploy.session import nodes_of, reached

        target = self.opening()
        nodes = nodes_of(target)
        with self.desk.noting(target):
            session = open_session(target.shard.account, environ=self.desk.environ, mfa_code=self.desk.mfa_code)
            return Nodes(target, session, nodes, reached(session, tuple(nodes.values())))

    def took(self, what: Any) -> None:
        """Offer the nodes; open the shell that was made ready."""
        if not isinstance(what, Nodes):
            self._lend(what)
            return
        self._found = what
        if len(what.nodes) == 1:
            self._make_ready(next(iter(what.nodes)))
            return
        self.say("", f"Enter opens a shell there{self._unmasked()} · Esc goes back")
        choices = self.query_one(OptionList)
        choices.clear_options()
        choices.add_options(self._option(key, node) for key, node in what.nodes.items())
        choices.display = True
        choices.highlighted = 0
        choices.focus()

    def _option(self, key: str, node: NodeOutput) -> Option:
        ping = self._found.pings.get(node.instance_id)
        if ping is None:
            state = ("✗ never registered ", "$text-error")
        elif ping.status == "Online":
            state = ("● online           ", "$text-success")
        else:
            state = (f"✗ {ping.status:17}", "$text-error")
        where = self._mask(f"{node.instance_id}  {node.private_ip}")
        return Option(Content.assemble(state, (f"{key:14}", "bold"), (where, MUTED)), id=key)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self._make_ready(event.option_id)

    def _make_ready(self, key: str) -> None:
        from wizard.deploy.session import shell

        found = self._found
        self.query_one(OptionList).display = False
        self.say(f"… opening a shell on {key}")
        self.work_on(lambda: shell(found.target, found.session, key))

    def _lend(self, ready: Shell) -> None:
        from wizard.deploy.session import run

        error = lend(self.app, ready.line, lambda: run(ready))
        if error is not None:
            self.fail(error)
            return
        self.app.notify(f"Back from the shell on {ready.key}.", markup=False)
        self.dismiss("done")

    def _unmasked(self) -> str:
        return "; presenter mode masks nothing in it" if getattr(self.app, "presenter", False) else ""
