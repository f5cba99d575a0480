"""The palette's lines about Springtail's services, at every step of a deployment that has nodes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from wizard.blueprints.springtail.services import Verb
from wizard.walk import services
from wizard.walk.finished import instance_made

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.workspace import Place


class ServicesHere(Provider):
    """What can be done with them, in its order; each opens what shows and asks before anything is sent."""

    async def discover(self) -> Hits:
        """All of them, before anybody has typed."""
        for verb in self._verbs():
            yield DiscoveryHit(_called(verb), partial(self._open, verb), help=f"It {services.DOES[verb]}")

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for verb in self._verbs():
            score = matcher.match(_called(verb))
            if score > 0:
                does = f"It {services.DOES[verb]}"
                yield Hit(score, matcher.highlight(_called(verb)), partial(self._open, verb), help=does)

    def _verbs(self) -> tuple[Verb, ...]:
        place: Place = getattr(self.screen, "place")  # noqa: B009 - of whichever screen works on an object
        return services.VERBS if instance_made(place) else ()

    def _open(self, verb: Verb) -> None:
        from screens.services import Services

        place: Place = getattr(self.screen, "place")  # noqa: B009 - see above
        desk: Desk = getattr(self.screen, "desk")  # noqa: B009 - see above
        self.app.push_screen(Services(desk, place, verb=verb))


def _called(verb: Verb) -> str:
    return f"{services.NAMES[verb]} Springtail's services"
