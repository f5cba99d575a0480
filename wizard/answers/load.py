"""Answers from text: everything that is wrong is reported at once, each with its path and a remedy.

Which models there are is the blueprints' to say (`wizard.blueprints.load.parse`); nothing here knows a product.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import ValidationError

from wizard import __version__
from wizard.answers.catalogue import IDENTITY, Asked, Shape, answered, by_key, catalogue, value_at
from wizard.answers.migrating import Migration, migrate, newer_names, number, since
from wizard.answers.problems import general, groups_of, missing, problems_of
from wizard.answers.types import Answers
from wizard.answers.yaml_text import compose, plain, scalar_at
from wizard.errors import InputError, Problem

M = TypeVar("M", bound=Answers)

#: (blueprint, kind) -> the model of its answers.
Models = Mapping[tuple[str, str], type[M]]


def parse(text: str, models: Models[M], *, source: str, migrations: Iterable[Migration] = ()) -> M:
    """Read an answers file's text into its model, or raise InputError with every problem found."""
    raw, lines, model = read(text, models, source=source, migrations=migrations)
    return build(raw, model, source=source, lines=lines)


def read(
    text: str, models: Models[M], *, source: str, migrations: Iterable[Migration] = ()
) -> tuple[dict[str, Any], dict[str, int], type[M]]:
    """Read text into plain data, the line of each key, and the model it is for. Values are not validated yet.

    Answers of an older version are given as this one would have them; the text is left alone.
    """
    root = compose(text, source=source)
    wrote = scalar_at(root, "planewright")
    _refuse_newer(wrote, source)
    kind = scalar_at(root, "kind")
    model = _model_of(scalar_at(root, "blueprint"), kind, models, source)
    steps = since(wrote or "", kind or "", migrations)
    document = plain(root, is_text=_texts(model, newer_names(steps)))
    if document.problems:
        raise InputError(f"{source} cannot be used", tuple(document.problems))
    if migrate(document.value, steps):
        document.value["planewright"] = __version__
    return document.value, document.lines, model


def written_by(text: str) -> str:
    """Give the version that wrote an answers file. Raises InputError for what is no YAML."""
    return scalar_at(compose(text, source="the answers"), "planewright") or ""


def build(raw: Mapping[str, Any], model: type[M], *, source: str, lines: Mapping[str, int] | None = None) -> M:
    """Validate plain data, or raise InputError with every problem found, in the order of the file."""
    known = by_key(model)
    problems = [missing(asked) for asked in unanswered(raw, model)]
    result: M | None = None
    try:
        # As JSON and strict: a list is a tuple and a text an enum, but "5" is no number and true is no 1.
        result = model.model_validate_json(json.dumps(dict(raw)), strict=True)
    except ValidationError as error:
        groups = groups_of(known)
        have = {problem.path for problem in problems}
        # A missing group has been named by the answers that it lacks.
        problems += [
            problem
            for problem in problems_of(error, known)
            if problem.path not in have and not (problem.what == "not answered" and problem.path in groups)
        ]
    if problems:
        where = lines or {}
        located = sorted(problems, key=lambda p: (where.get(p.path, 0), p.path))
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise InputError(
            f"{source} cannot be used: {count}",
            tuple(Problem(p.path, _with_line(p, where), p.remedy) for p in located),
        )
    assert result is not None  # noqa: S101 - no problem means that validation passed
    return result


def unanswered(raw: Mapping[str, Any], model: type[Answers]) -> tuple[Asked, ...]:
    """Give the questions that have to be answered, given the other answers, and are not."""
    answers = answered(raw, model)
    empty: tuple[Any, ...] = (None, "", [], {})
    return tuple(
        asked
        for asked in catalogue(model)
        if asked.required(answers) and value_at(raw, asked.key) in empty and not _hidden_by_a_value(raw, asked.key)
    )


def _hidden_by_a_value(raw: Mapping[str, Any], key: str) -> bool:
    """Whether something that is no group stands where the key's group belongs; that is another problem."""
    parts = key.split(".")[:-1]
    return any(not isinstance(value_at(raw, ".".join(parts[: n + 1]), {}), Mapping) for n in range(len(parts)))


def _texts(model: type[Answers], names: Mapping[str, str]) -> Any:
    known = by_key(model)
    texts = {key for key, asked in known.items() if asked.shape is Shape.TEXT}
    texts |= {f"{key}[]" for key, asked in known.items() if asked.shape is Shape.LIST}
    texts |= set(IDENTITY)
    tables = tuple(f"{key}." for key, asked in known.items() if asked.shape is Shape.TABLE)

    def is_text(path: str) -> bool:
        now = names.get(path, path)
        return general(now) in texts or now.startswith(tables)

    return is_text


def _with_line(problem: Problem, lines: Mapping[str, int]) -> str:
    line = lines.get(problem.path)
    return f"{problem.what} (line {line})" if line else problem.what


def _refuse_newer(version: str | None, source: str) -> None:
    if version is None:
        raise InputError(
            f"{source} does not say which Planewright it is for",
            (
                Problem(
                    "planewright", "not answered: the version that wrote the file", f"add `planewright: {__version__}`"
                ),
            ),
        )
    theirs = number(version)
    if theirs is None:
        problem = Problem("planewright", "expected a version such as 0.1.0", f"write `planewright: {__version__}`")
        raise InputError(f"{source} cannot be used", (problem,))
    if theirs > (number(__version__) or theirs):
        raise InputError(
            f"{source} was written by Planewright {version}; this is {__version__}",
            cause="an older Planewright could drop what it does not know",
            action=f"install Planewright {version} or newer",
        )


def _model_of(blueprint: str | None, kind: str | None, models: Models[M], source: str) -> type[M]:
    problems = []
    for key, value, allowed in (
        ("blueprint", blueprint, sorted({b for b, _ in models})),
        ("kind", kind, sorted({k for _, k in models})),
    ):
        if value not in allowed:
            near = get_close_matches(value or "", allowed, n=1)
            what = (
                "not answered" if value is None else f"there is none of that {'name' if key == 'blueprint' else 'kind'}"
            )
            remedy = f"did you mean {near[0]}?" if near else f"write `{key}: {' | '.join(allowed)}`"
            problems.append(Problem(key, what, remedy))
    if problems:
        raise InputError(f"{source} cannot be used", tuple(problems))
    return models[blueprint or "", kind or ""]
