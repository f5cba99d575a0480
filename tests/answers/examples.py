"""The example answers, as text and as plain data that tests bend."""

from __future__ import annotations

from pathlib import Path

from wizard.blueprints.load import Saved, parse

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"
NAMES = ("private", "public", "shard")


def text(name: str) -> str:
    return (EXAMPLES / f"{name}.yaml").read_text()


def example(name: str) -> Saved:
    return parse(text(name), source=f"{name}.yaml")
