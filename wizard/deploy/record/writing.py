"""A record on disk, in its three forms, beside the verification reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wizard.deploy.record.document import document
from wizard.deploy.record.markdown import to_markdown
from wizard.deploy.record.model import Record
from wizard.deploy.record.page import to_html
from wizard.deploy.record.seal import UNSEALED, record_digest, sealed
from wizard.errors import InputError
from wizard.files import to_json, write_atomic


@dataclass(frozen=True, slots=True)
class Written:
    """Where the three forms lie, and the record's digest, which all of them end with."""

    digest: str
    markdown: Path
    html: Path
    json: Path

    @property
    def files(self) -> tuple[Path, ...]:
        """All three."""
        return (self.markdown, self.html, self.json)


def forms(record: Record) -> tuple[str, dict[str, str]]:
    """Give the record's digest, and its three forms by their suffix. The same record gives the same bytes."""
    value = record.model_dump(mode="json")
    known = record_digest(value)
    words = document(record)
    # The keys are in the alphabet's order: record, then its digest, then the seal over all of it.
    as_json = to_json({"record": value, "record_digest": f"record {known}", "seal": f"sealed {UNSEALED}"})
    return known, {
        "md": to_markdown(words, known),
        "html": to_html(words, known),
        "json": sealed(as_json),
    }


def write(record: Record, folder: Path) -> Written:
    """Write the three forms into a folder, named by the time at which the record was made. Raises InputError."""
    known, texts = forms(record)
    stem = f"record-{record.object}-{record.made_at:%Y%m%dT%H%M%SZ}"
    paths = {suffix: folder / f"{stem}.{suffix}" for suffix in texts}
    try:
        for suffix, text in texts.items():
            write_atomic(paths[suffix], text)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written to", cause=str(error), action="name another folder: --out DIR"
        ) from None
    return Written(known, paths["md"], paths["html"], paths["json"])
