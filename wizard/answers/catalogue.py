"""The catalogue: every question of an answers model, flat and in order, derived from the model itself.

One declaration (a field with its type, default, validators and `Question`) becomes here what a flag, a plain prompt,
a screen or a page of the docs needs. Keys are those of the answers file: `database.port`, and `applications[].name`
for a question that is asked once per member of a list.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from wizard.answers.question import Question, When
from wizard.answers.types import Answers

#: What identifies an object rather than being asked about it.
IDENTITY = ("planewright", "kind", "blueprint", "name")


class Shape(StrEnum):
    """What kind of value answers a question."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes or no"
    CHOICE = "choice"
    LIST = "list"
    TABLE = "table"
    GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as a front end needs it.

    `default` is plain data (None: there is none). `options` are a choice's values, `minimum` and `maximum` a number's
    bounds, `members` the questions of each group of a list. `applies` and `required` decide from the answers given so
    far, by key.
    """

    key: str
    ask: str
    help: str
    section: str
    shape: Shape
    default: Any
    has_default: bool
    advanced: bool
    when: When | None
    needed: When | None
    depends_on: tuple[str, ...]
    options: tuple[str | int, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    members: tuple[Asked, ...] = ()
    type: Any = field(default=str, repr=False, compare=False)

    @property
    def flag(self) -> str:
        """The command line's flag: `--database-host` for `database.host`."""
        return "--" + self.key.replace(".", "-").replace("_", "-")

    def applies(self, answers: Mapping[str, Any]) -> bool:
        """Whether the question is asked at all, given the other answers."""
        return self.when is None or self.when(dict(answers))

    def required(self, answers: Mapping[str, Any]) -> bool:
        """Whether it has to be answered, given the other answers."""
        if not self.applies(answers):
            return False
        return not self.has_default or (self.needed is not None and self.needed(dict(answers)))

    @property
    def expected(self) -> str:
        """What a right answer looks like, in words."""
        words = {
            Shape.NUMBER: "a number",
            Shape.YES_NO: "true or false",
            Shape.CHOICE: "one of " + ", ".join(map(str, self.options)),
            Shape.LIST: "a list",
            Shape.TABLE: "keys with a text each",
            Shape.GROUPS: "a list of groups with " + ", ".join(m.key.rpartition(".")[2] for m in self.members),
        }
        if self.shape is Shape.NUMBER and self.minimum is not None and self.maximum is not None:
            return f"a number between {self.minimum} and {self.maximum}"
        return words.get(self.shape, "text")

    def validate(self, value: Any) -> Any:
        """Give the value as the answers file holds it, or raise pydantic's ValidationError."""
        import json

        adapter = TypeAdapter[Any](self.type)
        checked = adapter.validate_json(json.dumps(value), strict=True)
        return adapter.dump_python(checked, mode="json")


@lru_cache(maxsize=8)
def catalogue(model: type[Answers]) -> tuple[Asked, ...]:
    """Every question of the model, in the order of its fields."""
    return tuple(_questions(model, prefix="", section="General", outer=None))


def by_key(model: type[Answers]) -> dict[str, Asked]:
    """Questions by key, those asked of a list's members (`applications[].name`) included."""
    found: dict[str, Asked] = {}
    for asked in catalogue(model):
        found[asked.key] = asked
        found.update({member.key: member for member in asked.members})
    return found


def answered(raw: Mapping[str, Any], model: type[Answers]) -> dict[str, Any]:
    """Answers by key out of nested plain data, defaults filled in: what `when` and `needed` read."""
    return {asked.key: value_at(raw, asked.key, asked.default) for asked in catalogue(model)}


def value_at(raw: Mapping[str, Any], key: str, default: Any = None) -> Any:
    """Look a key (`database.port`) up in nested plain data."""
    at: Any = raw
    for part in key.split("."):
        if not isinstance(at, Mapping) or part not in at:
            return default
        at = at[part]
    return at


def _questions(model: type[BaseModel], *, prefix: str, section: str, outer: Question | None) -> Iterator[Asked]:
    for name, info in model.model_fields.items():
        if not prefix and name in IDENTITY:
            continue
        question = next((m for m in info.metadata if isinstance(m, Question)), None)
        key = f"{prefix}{name}"
        inner = _group(info.annotation)
        if inner is not None:
            yield from _questions(
                inner, prefix=f"{key}.", section=_section(key), outer=_nested(outer, question or Question(""))
            )
        elif question is None:
            raise TypeError(f"{model.__name__}.{name} is declared without a Question")
        else:
            yield _asked(key, info, _nested(outer, question), section)


def _asked(key: str, info: FieldInfo, question: Question, section: str) -> Asked:
    shape, details = _shape(key, info, section, question)
    return Asked(
        key=key,
        ask=question.ask,
        help=question.help,
        section=section,
        shape=shape,
        default=_plain(None if info.is_required() else info.get_default(call_default_factory=True)),
        has_default=not info.is_required(),
        advanced=question.advanced,
        when=question.when,
        needed=question.needed,
        depends_on=question.depends_on,
        type=_type_of(info),
        **details,
    )


def _shape(key: str, info: FieldInfo, section: str, question: Question) -> tuple[Shape, dict[str, Any]]:
    """Find the shape of a field's answers, and what goes with it."""
    annotation = _without_none(info.annotation)
    origin = get_origin(annotation)
    found: tuple[Shape, dict[str, Any]] | None = None
    if origin is Literal:
        found = Shape.CHOICE, {"options": get_args(annotation)}
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        found = Shape.CHOICE, {"options": tuple(m.value for m in annotation)}
    elif origin is tuple and (group := _group(get_args(annotation)[0])) is not None:
        members = tuple(_questions(group, prefix=f"{key}[].", section=section, outer=question))
        found = Shape.GROUPS, {"members": members}
    elif annotation is int:
        found = Shape.NUMBER, _bounds(info)
    else:
        plain = {tuple: Shape.LIST, dict: Shape.TABLE, bool: Shape.YES_NO, str: Shape.TEXT}.get(origin or annotation)
        found = (plain, {}) if plain else None
    if found is None:
        raise TypeError(f"{key}: no front end knows how to ask for a {annotation}")
    return found


def _bounds(info: FieldInfo) -> dict[str, int]:
    low = [int(str(m.ge)) for m in info.metadata if isinstance(m, Ge)]
    high = [int(str(m.le)) for m in info.metadata if isinstance(m, Le)]
    return {**({"minimum": low[0]} if low else {}), **({"maximum": high[0]} if high else {})}


def _nested(outer: Question | None, inner: Question) -> Question:
    """Let a question apply only where its group does."""
    if outer is None or (outer.when is None and not outer.advanced):
        return inner
    first, second = outer.when, inner.when
    when = (
        (lambda answers: first(answers) and second(answers))
        if first is not None and second is not None
        else first or second
    )
    depends = tuple(dict.fromkeys((*outer.depends_on, *inner.depends_on)))
    return replace(inner, when=when, depends_on=depends, advanced=outer.advanced or inner.advanced)


def _type_of(info: FieldInfo) -> Any:
    constraints = [m for m in info.metadata if not isinstance(m, Question)]
    return Annotated[(info.annotation, *constraints)] if constraints else info.annotation


def _without_none(annotation: Any) -> Any:
    """Strip `| None` and the `Annotated` around a member of a union or a tuple."""
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [a for a in get_args(annotation) if a is not type(None)]
        if len(rest) == 1:
            annotation = rest[0]
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _group(annotation: Any) -> type[BaseModel] | None:
    plain = _without_none(annotation)
    return plain if isinstance(plain, type) and issubclass(plain, BaseModel) else None


def _plain(value: Any) -> Any:
    return TypeAdapter[Any](Any).dump_python(value, mode="json") if value is not None else None


def _section(key: str) -> str:
    return " · ".join(part.replace("_", " ").capitalize() for part in key.split("."))
