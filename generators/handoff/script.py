"""The AWS CLI script of one account and region: it looks, shows, does and takes back the steps there. Pure.

The program is the same for everybody; what differs are arguments of calls, and each is quoted as the shell wants it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from generators.files import asset
from wizard.handoff.model import Act, Admit, Connection, Outlet, Parameters, Peering, Routes, Site, Step, Zone

TEMPLATE: Final = "templates/handoff/script.sh.j2"
#: What the script is called in its folder.
NAME: Final = "handoff.sh"
#: What a template makes: a load balancer with all that belongs to it is nothing that a script should put together.
_BY_TEMPLATE: Final = frozenset({Act.SERVE_DATABASE})
_PLAIN: Final = re.compile(r"[A-Za-z0-9-]+")


def script(steps: Iterable[Step], site: Site, *, deployment: str) -> bytes:
    """Render the script. Only steps of this site are in it; a restart is made only when it is named.

    Raises ValueError for a deployment or a site of a name that answers cannot have.
    """
    for word in (deployment, site.account_id, site.region, site.partition):
        if not _PLAIN.fullmatch(word):
            raise ValueError(f"no name that a comment of a script could hold: {word!r}")
    own = tuple(step for step in steps if step.site == site and step.act not in _BY_TEMPLATE)
    port = next((str(step.target.port) for step in own if isinstance(step.target, Admit)), "")
    doing = tuple(_call(step, _after(step, own), port) for step in own)
    # Taken back from the end; what was to come first does not matter then.
    undoing = tuple(_call(step, "", port) for step in reversed(own))
    text: str = _template().render(
        deployment=deployment,
        account=site.account_id,
        region=site.region,
        partition=site.partition,
        file=NAME,
        doing=doing,
        undoing=undoing,
    )
    return text.encode()


def _after(step: Step, own: tuple[Step, ...]) -> str:
    """Give the keys that come first, of those that this script does."""
    known = {one.key for one in own}
    return " ".join(key for key in step.after if key in known)


def _call(step: Step, after: str, port: str) -> str:
    words = ("step", step.key, step.title, after, step.act.value, *_arguments(step, port))
    return " ".join((words[0], *map(shlex.quote, words[1:])))


def _arguments(step: Step, port: str) -> tuple[str, ...]:
    match step.target:
        case Peering() as peering:
            return (peering.id, peering.vpc_id, peering.our_account_id, peering.our_vpc_id, peering.our_cidr)
        case Routes() as routes:
            return (routes.vpc_id, routes.destination, routes.peering_id, routes.host, port)
        case Admit() as rule:
            return (rule.vpc_id, str(rule.port), rule.source_cidr, rule.host)
        case Zone() as zone:
            return (zone.zone_id, zone.vpc_id, zone.region)
        case Connection() | Outlet() as ours:
            return _of_service(ours)
        case Parameters() as settings:
            wanted = tuple(word for setting in settings.wanted for word in setting)
            return (settings.host, str(settings.port), settings.vpc_id, "\n".join(settings.sql), *wanted)
        case other:
            raise TypeError(f"no script does {type(other).__name__}")


def _of_service(ours: Connection | Outlet) -> tuple[str, ...]:
    if isinstance(ours, Connection):
        return (ours.service_id, ours.endpoint_id, ours.principal)
    where = (ours.name, ours.vpc_id, ours.vpc_cidr, ours.zone_id)
    return (*where, ours.service_name, str(ours.port), ours.host)


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - not before something is rendered

    environment = Environment(
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - a shell script: every value is quoted by the filter, or by whoever gave the line
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["sh"] = shlex.quote
    return environment.from_string(asset(TEMPLATE).decode())
