"""The last look at each stack, kept below `.planewright`: lists tell of it (`wizard.deploy.overview`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
