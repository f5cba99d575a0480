"""Answers to text: stable order, each question as a comment; a person's own comments survive an update."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, MutableMapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

from wizard import __version__
from wizard.answers.catalogue import IDENTITY, Asked, answered, catalogue, value_at
from wizard.answers.migrating import Migration, migrate
from wizard.answers.settings import take_out
from wizard.answers.types import Answers

if TYPE_CHECKING:
    from ruamel.yaml import YAML

_WIDTH = 110
#: Texts that a YAML reader of any version takes for a text without quotes.
_BARE = re.compile(r"[A-Za-z./][A-Za-z0-9./_+-]*")
_NOT_BARE = re.compile(r"(?i)(y|n|yes|no|on|off|true|false|null|none)")


def dump(answers: Answers) -> str:
    """Write answers as YAML: what was asked, and every advanced answer that is not the default.

    The version that writes is this one, whatever the answers say that wrote them before.
    """
    from ruamel.yaml.comments import CommentedMap

    root = CommentedMap()
    raw = answers.model_dump(mode="json")
    for name in IDENTITY:
        root[name] = _scalar(__version__ if name == "planewright" else raw[name])
    root.yaml_set_start_comment(
        f"{raw['blueprint'].capitalize()}, {raw['kind']} {raw['name']}. No secret belongs here."
    )
    for asked in _saved(raw, type(answers)):
        _place(root, asked, value_at(raw, asked.key))
    return _text(root)


def update(text: str, answers: Answers, *, since: Sequence[Migration] = ()) -> str:
    """Write answers into the text of an older file: its comments and order stay.

    Only what changed is touched, and of the keys that the file does not have only those that are not the default are
    added: whoever keeps a short file keeps it short. `since` is what has changed for answers since the file was written.
    """
    root = _yaml().load(text)
    migrate(root, since)
    raw = answers.model_dump(mode="json")
    for name in IDENTITY:
        value = __version__ if name == "planewright" else raw[name]
        if root.get(name) != value:
            root[name] = _scalar(value)
    for asked in catalogue(type(answers)):
        value = value_at(raw, asked.key)
        if value_at(root, asked.key) is not None:
            if value is None:
                take_out(root, asked.key)
            elif not _same(value_at(root, asked.key), value):
                _parent(root, asked.key)[asked.key.rpartition(".")[2]] = _yaml_value(value)
        elif value is not None and value != asked.default:
            _place(root, asked, value)
    return _text(root)


def _same(written: Any, value: Any) -> bool:
    """Compare what the file says with an answer; a text may have been written without its quotes."""
    if isinstance(value, str) and not isinstance(written, str):
        return False
    return bool(written == value)


def _saved(raw: Mapping[str, Any], model: type[Answers]) -> tuple[Asked, ...]:
    answers = answered(raw, model)
    return tuple(
        asked
        for asked in catalogue(model)
        if (value := value_at(raw, asked.key)) is not None
        and (value != asked.default or (not asked.advanced and asked.applies(answers)))
    )


def _place(root: MutableMapping[str, Any], asked: Asked, value: Any) -> None:
    parent = _parent(root, asked.key)
    name = asked.key.rpartition(".")[2]
    parent[name] = _yaml_value(value)
    comment = asked.ask if not asked.help else f"{asked.ask}. {asked.help}"
    lines = "\n".join(textwrap.wrap(comment, _WIDTH - 2 * asked.key.count("."), break_on_hyphens=False))
    parent.yaml_set_comment_before_after_key(name, before=lines, indent=2 * asked.key.count("."))  # type: ignore[attr-defined]


def _parent(root: MutableMapping[str, Any], key: str) -> MutableMapping[str, Any]:
    from ruamel.yaml.comments import CommentedMap

    at = root
    for part in key.split(".")[:-1]:
        if not isinstance(at.get(part), MutableMapping):
            at[part] = CommentedMap()
        at = at[part]
    return at


def _yaml_value(value: Any) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, dict):
        return CommentedMap({_scalar(key): _yaml_value(item) for key, item in value.items()})
    if isinstance(value, list):
        return CommentedSeq([_yaml_value(item) for item in value])
    return _scalar(value)


def _scalar(value: Any) -> Any:
    """Quote every text that some YAML reader could take for something else; keep lines of long ones apart."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    if not isinstance(value, str):
        return value
    if "\n" in value:
        return LiteralScalarString(value)
    if (_BARE.fullmatch(value) and not _NOT_BARE.fullmatch(value)) or re.fullmatch(r"\d+\.\d+\.\d+(\.\d+/\d+)?", value):
        return value
    return DoubleQuotedScalarString(value)


def _text(root: Any) -> str:
    out = StringIO()
    _yaml().dump(root, out)
    return out.getvalue()


def _yaml() -> YAML:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 4096
    yaml.preserve_quotes = True
    return yaml
