"""Which models there are, by blueprint and kind, and reading an answers file's text into the right one."""

from __future__ import annotations

from typing import Any

from wizard.answers import load
from wizard.answers.migrating import Migration, since
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers

#: Answers of any object of a workspace.
Saved = ShardAnswers | DeploymentAnswers

MODELS: dict[tuple[str, str], type[Saved]] = {
    ("springtail", "shard"): ShardAnswers,
    ("springtail", "deployment"): DeploymentAnswers,
}

#: What changed for answers since the first release, the oldest first.
MIGRATIONS: tuple[Migration, ...] = ()


def parse(text: str, *, source: str) -> Saved:
    """Read an answers file's text. Raises InputError with every problem, each with its path and a remedy."""
    return load.parse(text, MODELS, source=source, migrations=MIGRATIONS)


def read(text: str, *, source: str) -> tuple[dict[str, Any], type[Saved]]:
    """Read an answers file's text into plain data, not validated yet, and the model it is for. Raises InputError."""
    raw, _, model = load.read(text, MODELS, source=source, migrations=MIGRATIONS)
    return raw, model


def written_before(text: str, *, kind: str) -> tuple[str, tuple[Migration, ...]]:
    """Give the version that wrote an answers file, and what has changed since for answers of this kind."""
    wrote = load.written_by(text)
    return wrote, since(wrote, kind, MIGRATIONS)


def build(raw: dict[str, Any], model: type[Saved], *, source: str) -> Saved:
    """Validate plain data as answers. Raises InputError as `parse` does."""
    return load.build(raw, model, source=source)
