"""The page for the customer: one HTML file that needs no network and no server.

Nothing is fetched: its content security policy allows its own style and script by their digests and nothing else. Values
reach it escaped, as text; the script is the same for everybody.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from generators.files import asset
from generators.handoff import ways
from generators.handoff.commands import by_hand, to_fill
from wizard.files import digest, to_json
from wizard.handoff.model import Act, Admit, Peering, Site, Step, by_people, sites

_ABOUT = {
    "read": "what is read before anything is changed",
    "do": "what the steps change",
    "undo": "what taking them back changes",
}


@dataclass(frozen=True, slots=True)
class Cover:
    """What the page says beside the steps.

    `expires` is by peering, where the operator's account has seen it. `policies` are by site: name (read, do, undo) and JSON.
    `ways` are those whose files go with the page: it names no other.
    """

    deployment: str
    operator_account: str
    version: str
    expires: Mapping[str, datetime] = field(default_factory=dict)
    policies: Mapping[Site, Sequence[tuple[str, str]]] = field(default_factory=dict)
    ways: frozenset[str] = frozenset({"script", "tofu", "cloudformation"})


@dataclass(frozen=True, slots=True)
class _Item:
    number: int
    id: str
    tick: str
    step: Step
    after: tuple[tuple[int, str], ...]
    commands: tuple[str, ...]
    fill: bool


@dataclass(frozen=True, slots=True)
class _Policy:
    name: str
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class _Place:
    id: str
    site: Site
    items: tuple[_Item, ...]
    ways: tuple[ways.Way, ...]
    policies: tuple[_Policy, ...]


def page(steps: tuple[Step, ...], cover: Cover) -> bytes:
    """Give the page of all steps, of every account and region, and of those that people do."""
    items = _items(steps, cover)
    style, script = (asset(f"templates/handoff/page.{kind}").decode() for kind in ("css", "js"))
    text: str = (
        _environment()
        .get_template("page.html.j2")
        .render(
            deployment=cover.deployment,
            operator=cover.operator_account,
            version=cover.version,
            total=len(steps),
            digest=_digest(steps),
            places=[_place(items, site, steps, cover) for site in sites(steps)],
            people=[items[step.key] for step in by_people(steps)],
            peerings=_peerings(steps, cover.expires),
            network=next((step.target for step in steps if isinstance(step.target, Admit)), None),
            policy=_content_policy(style, script),
            style=_trusted(style),
            script=_trusted(script),
        )
    )
    return text.encode()


def _items(steps: tuple[Step, ...], cover: Cover) -> dict[str, _Item]:
    """Give the steps by key, numbered as the page shows them: by account and region, then those of people."""
    shown = [step for site in sites(steps) for step in steps if step.site == site] + list(by_people(steps))
    places = {step.key: (number, f"step-{number}") for number, step in enumerate(shown, 1)}
    return {
        step.key: _Item(
            *places[step.key],
            _tick(step, cover),
            step,
            tuple(places[key] for key in step.after if key in places),
            by_hand(step),
            to_fill(step),
        )
        for step in shown
    }


def _tick(step: Step, cover: Cover) -> str:
    """Name a tick by what the step says: a peering that was requested anew, or another value, is not ticked off yet."""
    said = to_json([cover.deployment, cover.operator_account, step.key, step.values])
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _place(items: Mapping[str, _Item], site: Site, steps: tuple[Step, ...], cover: Cover) -> _Place:
    return _Place(
        id=f"site-{sites(steps).index(site) + 1}",
        site=site,
        items=tuple(item for item in items.values() if item.step.site == site),
        ways=ways.ways(steps, site, cover.deployment, cover.ways),
        policies=tuple(
            _Policy(name, _ABOUT.get(name.partition("-")[0], ""), text) for name, text in cover.policies.get(site, ())
        ),
    )


def _peerings(steps: tuple[Step, ...], expires: Mapping[str, datetime]) -> list[tuple[str, datetime | None]]:
    ids = [step.target.id for step in steps if step.act is Act.ACCEPT_PEERING and isinstance(step.target, Peering)]
    return [(id_, expires[id_].astimezone(UTC) if id_ in expires else None) for id_ in ids]


def _digest(steps: tuple[Step, ...]) -> str:
    return digest(to_json([[step.key, step.act, step.values] for step in steps]).encode())


def _content_policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_source(style)}'; script-src '{_source(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _trusted(shipped: str) -> Any:
    from markupsafe import Markup  # noqa: PLC0415 - not before a page is made

    return Markup(shipped)  # noqa: S704 - a shipped file, in which no value stands


@cache
def _environment() -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - not before a page is made

    return Environment(
        loader=FunctionLoader(lambda name: asset(f"templates/handoff/{name}").decode()),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
