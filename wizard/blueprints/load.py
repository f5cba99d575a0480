"""Which models there are, by blueprint and kind, and reading an answers file's text into the right one."""

from __future__ import annotations

from typing import Any

from wizard.answers import load
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers

#: Answers of any object of a workspace.
Saved = ShardAnswers | DeploymentAnswers

MODELS: dict[tuple[str, str], type[Saved]] = {
    ("springtail", "shard"): ShardAnswers,
    ("springtail", "deployment"): DeploymentAnswers,
}


def parse(text: str, *, source: str) -> Saved:
    """Read an answers file's text. Raises InputError with every problem, each with its path and a remedy."""
    return load.parse(text, MODELS, source=source)


def build(raw: dict[str, Any], model: type[Saved], *, source: str) -> Saved:
    """Validate plain data as answers. Raises InputError as `parse` does."""
    return load.build(raw, model, source=source)
