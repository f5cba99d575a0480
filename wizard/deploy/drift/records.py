"""The last look at each stack, kept below `.planewright` for lists and for the ways on."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wizard.deploy import store
from wizard.files import to_json, write_atomic
from wizard.workspace import Place

if TYPE_CHECKING:
    from wizard.deploy.drift.looking import Look


def save(place: Place, found: Look) -> None:
    """Keep a look: lists tell of what drifted, and when that was seen."""
    addresses = (*(one.address for one in found.drifted), *(one.id for one in found.strays))
    store.save_drift(place, found.stack, addresses)
    write_atomic(place.hidden / f"drift-look-{found.stack}.json", to_json(found.as_dict()))


def load(place: Place, stack: str) -> dict[str, Any] | None:
    """Give the last look as it was kept; None when there was none."""
    try:
        kept = json.loads((place.hidden / f"drift-look-{stack}.json").read_bytes())
        datetime.fromisoformat(kept["at"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return dict(kept)
