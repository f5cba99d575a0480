"""Making a bundle: collected, cleaned and packed into one new file. The one way of every front end."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from wizard.deploy.bundle.cleaning import Cleaner
from wizard.deploy.bundle.collecting import Bundle, Wanted, collect, place_named
from wizard.deploy.bundle.packing import packed, write_new
from wizard.files import digest
from wizard.redact import Redactor
from wizard.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Packed:
    """A bundle on disk: where, how many bytes, their digest, and what it holds."""

    path: Path
    size: int
    digest: str
    bundle: Bundle


def make(
    workspace: Workspace,
    name: str,
    wanted: Wanted | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    out: Path | None = None,
    now: datetime | None = None,
) -> Packed:
    """Write the bundle of an object into a new file; without `out`, into the current directory, by name and time.

    Nothing that `environ` holds as a secret is in it. Raises InputError.
    """
    place = place_named(workspace, name)
    redactor = Redactor()
    redactor.learn_environment(environ)
    bundle = collect(workspace, place, Cleaner(redactor, home=_home()), environ, wanted)
    path = out or Path(f"support-{place.name}-{now or datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.gz")
    data = packed(bundle.files, root=f"support-{place.name}")
    write_new(path, data)
    return Packed(path, len(data), digest(data), bundle)


def _home() -> str:
    """Give the home directory; nothing where there is none worth hiding."""
    try:
        home = str(Path.home())
    except RuntimeError:
        return ""
    return home if len(home) > 1 else ""
