"""Questions asked one by one in a terminal. The catalogue says what; questionary asks; every answer is kept at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from wizard.answers.catalogue import Asked, Shape, answered, by_key, catalogue, value_at
from wizard.answers.draft import as_typed
from wizard.answers.load import unanswered
from wizard.answers.problems import general
from wizard.answers.settings import set_value, take_out
from wizard.answers.typed import accept
from wizard.answers.types import Answers
from wizard.cli.common import say
from wizard.errors import InputError, Problem

#: Longest file that `@FILE` reads, in bytes.
LONGEST = 65_536


def ask_all(
    raw: dict[str, Any],
    model: type[Answers],
    *,
    plain: bool,
    advanced: bool,
    only_missing: bool,
    keep: Callable[[Mapping[str, Any]], None],
    options: Mapping[str, tuple[str, ...]] | None = None,
    wrong: Sequence[Problem] = (),
) -> None:
    """Ask what `raw` does not answer yet and fill it in; `keep` is called with it after each answer.

    `plain` asks with lines of text alone, for dumb terminals and screen readers. `only_missing` asks no question that
    has a default. `options` are known answers to a text question, by key. `wrong` are answers that are no longer valid:
    each is asked again first, with what is wrong and what was answered. Raises KeyboardInterrupt on Ctrl-C.
    """
    asker = _Asker(plain=plain, options=options or {})
    for problem in wrong:
        asked = by_key(model)[general(problem.path)]
        say(f"\n✗ {problem.path}: {problem.what}")
        asker.again(raw, asked, problem.path, required=asked.required(answered(raw, model)))
        keep(raw)
    section = ""
    for asked in catalogue(model):
        answers = answered(raw, model)
        skip = only_missing and not asked.required(answers)
        if (
            skip
            or not asked.applies(answers)
            or value_at(raw, asked.key) is not None
            or (asked.advanced and not advanced)
        ):
            continue
        if asked.section != section:
            section = asked.section
            say(f"\n{section}")
        asker.answer(raw, asked, required=asked.required(answers))
        keep(raw)
    # A later answer can make an earlier question one that needs an answer.
    for asked in unanswered(raw, model):
        asker.answer(raw, asked, required=True)
        keep(raw)


def text_of(asked: Asked, text: str) -> str:
    """Give what was typed, or for a certificate the file that `@FILE` names. Raises InputError."""
    if not (asked.key.endswith("_pem") and text.startswith("@")):
        return text
    path = Path(text[1:]).expanduser()
    try:
        with path.open("rb") as file:
            return file.read(LONGEST).decode()
    except (OSError, UnicodeDecodeError):
        raise InputError(
            f"{asked.key}: {path} cannot be read as text",
            action=f"{asked.flag} @FILE takes a PEM file of public certificates",
        ) from None


class _Asker:
    def __init__(self, *, plain: bool, options: Mapping[str, tuple[str, ...]]) -> None:
        self._plain = plain
        self._options = options

    def answer(self, raw: dict[str, Any], asked: Asked, *, required: bool) -> None:
        value = self._groups(asked) if asked.shape is Shape.GROUPS else self._one(asked, required=required)
        if value is not None:
            set_value(raw, asked.key, value)

    def again(self, raw: dict[str, Any], asked: Asked, key: str, *, required: bool) -> None:
        value = self._one(asked, required=required, was=as_typed(asked, take_out(raw, key)))
        if value is not None:
            set_value(raw, key, value)

    def _one(self, asked: Asked, *, required: bool, was: str = "") -> Any:
        import questionary

        if asked.help:
            say(f"  {asked.help}")
        options = tuple(map(str, asked.options)) or self._options.get(asked.key, ())
        if asked.shape is Shape.YES_NO:
            return questionary.confirm(asked.ask, default=bool(asked.default)).unsafe_ask()
        if options and not self._plain:
            default = _text_default(asked)
            chosen = questionary.select(
                asked.ask, options, default=default if default in options else None
            ).unsafe_ask()
            return accept(asked, chosen)
        hint = f" ({' / '.join(options)})" if options else HINTS.get(asked.shape, "")
        hint += " (@FILE reads a file)" if asked.key.endswith("_pem") else ""
        text = questionary.text(
            asked.ask + hint,
            default=was or _text_default(asked),
            validate=lambda typed: _verdict(asked, typed, required=required),
        ).unsafe_ask()
        return _accepted(asked, text)

    def _groups(self, asked: Asked) -> list[dict[str, Any]]:
        import questionary

        if asked.help:
            say(f"  {asked.help}")
        found: list[dict[str, Any]] = []
        while questionary.confirm(f"{asked.ask}: add {'another' if found else 'one'}?", default=False).unsafe_ask():
            group: dict[str, Any] = {}
            for member in asked.members:
                value = self._one(member, required=not member.has_default)
                if value is not None:
                    group[member.key.rpartition(".")[2]] = value
            found.append(group)
        return found


#: How several values are written in one line.
HINTS = {Shape.LIST: " (a, b, …)", Shape.TABLE: " (key=value, key=value)"}


def _accepted(asked: Asked, text: str) -> Any:
    """Give the value of an accepted text, or None for an answer that may stay empty and has no default."""
    return None if not text.strip() and asked.default is None else accept(asked, text_of(asked, text))


def _verdict(asked: Asked, text: str, *, required: bool) -> bool | str:
    """Say whether a text will do: True, or what is wrong with it."""
    if required and not text.strip():
        return "an answer is needed"
    try:
        _accepted(asked, text)
    except InputError as error:
        return error.problems[0].what if error.problems else error.title
    return True


def _text_default(asked: Asked) -> str:
    match asked.default:
        case None:
            return ""
        case list() as items:
            return ", ".join(map(str, items))
        case dict() as entries:
            return ", ".join(f"{key}={value}" for key, value in entries.items())
        case default:
            return str(default)
