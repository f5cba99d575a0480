"""Where Springtail's nodes stand: image, type and package of each as it runs, as it is pinned, as it is wanted. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.blueprints.springtail.facts import Apart, Pins
from wizard.blueprints.springtail.upgrades import Fleet, apart_of, images_of, role_of, steps
from wizard.upgrades.steps import Step
from wizard.upgrades.survey import Survey, Thing

#: Characters of a package's checksum that are shown.
_SHOWN = 12
#: Each role's image and architecture, and the nodes that stand apart.
_Kept = tuple[dict[str, tuple[str, str]], dict[str, Apart]]


def survey(fleet: Fleet, pins: Pins | None, beside: tuple[Thing, ...] = ()) -> Survey:
    """Say all of it. `pins` are those that lie in the workspace, before any step has written others."""
    found = steps(fleet)
    return Survey(found, (*_nodes(fleet, pins), *beside), writes=tuple(_writes(found, _facts(pins))))


def _nodes(fleet: Fleet, pins: Pins | None) -> Iterator[Thing]:
    wanted = fleet.wanted()
    for key in (*wanted, *(key for key in fleet.nodes if key not in wanted)):
        node, role = fleet.nodes.get(key), wanted.get(key)
        apart = pins.nodes.get(key) if pins is not None else None
        yield Thing(key, "image", node.ami_id if node else "", _pinned(pins, key, apart), role.ami_id if role else "")
        yield Thing(
            key,
            "type",
            node.instance_type if node else "",
            apart.instance_type if apart else "",
            role.instance_type if role else "",
        )
        if fleet.serves and role is not None:
            yield Thing(key, "package", node.release[:_SHOWN] if node else "", "", fleet.package[:_SHOWN])


def _pinned(pins: Pins | None, key: str, apart: Apart | None) -> str:
    if pins is None:
        return ""
    return apart.ami_id if apart is not None else str(getattr(pins, role_of(key)).ami_id)


def _facts(pins: Pins | None) -> _Kept:
    if pins is None:
        return {}, {}
    roles = {"ingestion": pins.ingestion, "proxy": pins.proxy, "fdw": pins.fdw}
    return {role: (pin.ami_id, pin.architecture) for role, pin in roles.items()}, dict(pins.nodes)


def _writes(found: tuple[Step, ...], before: _Kept) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Say what each step changes in pins.json, from one to the next."""
    images, apart = before
    for step in found:
        now, stands = images_of(step.sets), apart_of(step.sets)
        yield step.key, tuple(_differences(images, now, apart, stands))
        images, apart = now, stands


def _differences(
    images: dict[str, tuple[str, str]],
    now: dict[str, tuple[str, str]],
    apart: dict[str, Apart],
    stands: dict[str, Apart],
) -> Iterator[str]:
    for role, (ami_id, _) in now.items():
        was = images.get(role, ("none", ""))[0]
        if was != ami_id:
            yield f"image of {role}: {was} → {ami_id}"
    for key in sorted({*apart, *stands}):
        was_apart, is_apart = apart.get(key), stands.get(key)
        if is_apart is None:
            yield f"{key} stands apart no more: it is as its role, or goes"
        elif was_apart != is_apart:
            free = "" if is_apart.protected else ", and may be terminated"
            yield f"{key} stands apart until its turn: {is_apart.ami_id} {is_apart.instance_type}{free}"
