"""One flag per question, derived from the catalogue: `--database-host` for `database.host`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wizard.errors import InputError, Problem, UsageError

if TYPE_CHECKING:
    from wizard.answers.catalogue import Asked
    from wizard.blueprints.load import Saved


def register_questions(parser: argparse.ArgumentParser, model: type[Saved]) -> None:
    """Add a flag for every question of a model."""
    from wizard.answers.catalogue import Shape, catalogue

    for asked in catalogue(model):
        many = asked.shape in {Shape.LIST, Shape.TABLE, Shape.GROUPS}
        options: dict[str, Any] = {"dest": asked.key, "help": asked.ask.replace("%", "%%"), "default": None}
        if asked.shape is Shape.YES_NO:
            parser.add_argument(asked.flag, action=argparse.BooleanOptionalAction, **options)
        else:
            parser.add_argument(asked.flag, action="append" if many else "store", metavar=_metavar(asked), **options)


def parse_rest(rest: Sequence[str], model: type[Saved]) -> tuple[str, dict[str, Any]]:
    """Parse NAME and the questions' flags out of what the command's own flags left over."""
    parser = argparse.ArgumentParser(prog="planewright new", add_help=False, allow_abbrev=False)
    parser.add_argument("name", nargs="?", metavar="NAME")
    register_questions(parser, model)
    parser.usage = "planewright new NAME [--QUESTION VALUE …]; `planewright new --questions` lists them"
    _refuse_unknown(parser, rest)
    flags = vars(parser.parse_args(list(rest)))
    name = flags.pop("name")
    if not name:
        raise UsageError("a name is missing", action="planewright new NAME")
    from pydantic import TypeAdapter, ValidationError

    from wizard.answers.types import Name

    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError as error:
        raise UsageError(f"the name will not do: {error.errors()[0]['ctx']['error']}") from None
    return name, {key: value for key, value in flags.items() if value is not None}


def _refuse_unknown(parser: argparse.ArgumentParser, rest: Sequence[str]) -> None:
    """Name an unknown flag and the nearest question. Its value is not repeated: it may be a secret."""
    from difflib import get_close_matches

    from wizard.answers.problems import unknown_key

    known = [flag for action in parser._actions for flag in action.option_strings]  # noqa: SLF001 - argparse lists them nowhere else
    for word in rest:
        flag = word.partition("=")[0]
        if word.startswith("--") and word != "--" and flag not in known:
            problem = unknown_key(flag.removeprefix("--").replace("-", "_"), ())
            near = get_close_matches(flag, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "`planewright new --questions` lists all"
            raise UsageError(
                f"no question has the flag {flag}", action=problem.remedy if "seed-secrets" in problem.remedy else hint
            )


def apply_flags(raw: dict[str, Any], flags: Mapping[str, Any], model: type[Saved]) -> None:
    """Put what the questions' flags say into `raw`, or raise InputError with every wrong one.

    A table's entries join those that are there; a list takes the place of the one that is there.
    """
    from wizard.answers.catalogue import Shape, by_key, value_at
    from wizard.answers.settings import set_value
    from wizard.answers.typed import accept
    from wizard.cli.prompts import text_of

    known = by_key(model)
    problems: list[Problem] = []
    for key, given in flags.items():
        asked = known[key]
        try:
            if asked.shape is Shape.YES_NO:
                value = given
            elif isinstance(given, list):
                parts = [accept(asked, text) for text in given]
                value = _joined([value_at(raw, key, {}), *parts] if asked.shape is Shape.TABLE else parts)
            elif not given.strip() and asked.default is None:
                continue
            else:
                value = accept(asked, text_of(asked, given))
            set_value(raw, key, value)
        except InputError as error:
            problems += error.problems or (Problem(key, error.title, error.action),)
    if problems:
        count = len(problems)
        raise InputError(f"{count} flag{'s' if count > 1 else ''} cannot be used", tuple(problems))


def _joined(parts: list[Any]) -> Any:
    """Join what a repeated flag gave: tables into one, lists one after the other."""
    if isinstance(parts[0], dict):
        return {key: value for part in parts for key, value in part.items()}
    return [item for part in parts for item in part]


def with_flags(error: InputError, model: type[Saved]) -> InputError:
    """Tell, for each missing answer, the flag that gives it."""
    from wizard.answers.catalogue import by_key

    known = by_key(model)
    problems = tuple(
        Problem(p.path, p.what, f"{known[p.path].flag} VALUE, or --set {p.path}=VALUE")
        if p.what.startswith("not answered") and p.path in known
        else p
        for p in error.problems
    )
    return InputError(
        error.title, problems, cause=error.cause, action=error.action or "--plain asks for what is missing"
    )


def _metavar(asked: Asked) -> str:
    from wizard.answers.catalogue import Shape

    words = {
        Shape.NUMBER: "N",
        Shape.TABLE: "KEY=VALUE",
        Shape.GROUPS: "NAME=…,…",
        Shape.CHOICE: "|".join(map(str, asked.options)),
    }
    return words.get(asked.shape, "VALUE")
