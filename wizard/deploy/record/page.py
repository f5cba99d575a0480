"""A document as one HTML page that loads nothing and runs nothing. Pure."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from wizard.deploy.record.document import Document
from wizard.deploy.record.seal import UNSEALED, sealed


def to_html(document: Document, record_digest: str) -> str:
    """Write the page, the record's digest and its own seal at the end."""
    text: str = _template().render(document=document, record_digest=record_digest, unsealed=UNSEALED)
    return sealed(text)


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    source = resources.files("assets").joinpath("templates", "record", "record.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    return environment.from_string(source)
