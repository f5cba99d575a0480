"""YAML text to plain data, the strict way: no aliases, no tags, no duplicate keys, and a line for every key.

Built on the node graph rather than on YAML's own constructors, so that a text answer stays what was written
(`012345678901` keeps its zero, `2024-01-01` is no date), and so that no error repeats a line of the file, which may
hold what should not be there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wizard.errors import InputError, Problem

#: Longest file that is read, in characters: answers take a few kilobytes.
LONGEST = 1_000_000
#: Deepest nesting that is read: answers nest five deep.
DEEPEST = 20

_CORE = "tag:yaml.org,2002:"
#: What a plain value resolves to by itself. Anything else was tagged by hand (!!python/…, !!binary, !mine).
_RESOLVED = frozenset({"map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value"})
_NAMING = {
    "alias": "an alias (*name) that stands for nothing is used",
    "anchor": "an anchor (&name) is given twice",
    "tag": "a YAML tag (!name) is used",
    "expected a single document": "it holds more than one document (---)",
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")


@dataclass(slots=True)
class Document:
    """Plain data, the line (from 1) of every key, and what is wrong with the text itself."""

    value: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def compose(text: str, *, source: str) -> Any:
    """Parse YAML text into its root node (a mapping), or raise InputError with line and column."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.nodes import MappingNode

    if len(text) > LONGEST:
        raise InputError(f"{source} is too long to be answers", cause=f"more than {LONGEST} characters")
    yaml = YAML(typ="safe", pure=True)
    # Its warning about an anchor given twice would print lines of the file.
    yaml.composer.warn_double_anchors = False
    yaml.max_depth = DEEPEST  # long before Python's own limit, where it costs seconds
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        if "maximum depth" in str(error.problem):
            raise _too_deep(source) from None
        raise _unreadable(source, error) from None
    except (YAMLError, ValueError):
        # A ReaderError and its like: a character that YAML does not allow.
        raise InputError(
            f"{source} is not YAML",
            cause="it holds a character that YAML does not allow",
            action="save it as plain UTF-8 text",
        ) from None
    except RecursionError:
        raise _too_deep(source) from None
    if root is None:
        raise InputError(
            f"{source} is empty", action="`planewright new NAME` asks for the answers; assets/examples shows some"
        )
    if not isinstance(root, MappingNode):
        raise InputError(
            f"{source} holds no answers",
            cause="its top level is no mapping of keys",
            action="start with `kind: deployment`",
        )
    return root


def scalar_at(root: Any, key: str) -> str | None:
    """Read one top-level scalar of a root node as text, before it is known which model the file is for."""
    from ruamel.yaml.nodes import ScalarNode

    for name, value in root.value:
        if isinstance(name, ScalarNode) and name.value == key and isinstance(value, ScalarNode):
            return str(value.value)
    return None


def plain(root: Any, *, is_text: Callable[[str], bool]) -> Document:
    """Turn a root node into plain data. Values of keys that `is_text` accepts stay the text that was written.

    A key without a value is left out: it is not answered.
    """
    document = Document()
    value = _Walk(document, is_text).value(root, "")
    document.value = value if isinstance(value, dict) else {}
    return document


def plain_value(text: str, *, source: str, is_text: Callable[[str], bool] = lambda _: False) -> Any:
    """Read one value in YAML's flow form (`[a, b]`, `{k: v}`). `is_text` is asked with paths such as `value[0].name`."""
    document = plain(compose(f"value: {text}", source=source), is_text=is_text)
    if document.problems:
        raise InputError(f"{source} cannot be used", tuple(document.problems))
    return document.value.get("value")


class _Walk:
    def __init__(self, document: Document, is_text: Callable[[str], bool]) -> None:
        self._document = document
        self._is_text = is_text
        self._seen: set[int] = set()

    def value(self, node: Any, path: str) -> Any:
        from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

        if id(node) in self._seen:
            return self._refuse(path, node, "an alias (*name) is used", "write the value out: answers use no aliases")
        self._seen.add(id(node))
        if path.count(".") + path.count("[") > DEEPEST:
            return self._refuse(path, node, "nested too deeply", "answers nest five deep")
        if str(node.tag).removeprefix(_CORE) not in _RESOLVED:
            return self._refuse(path, node, "a YAML tag (!name) is used", "leave the tag out: answers are plain values")
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            items = [self.value(item, f"{path}[{index}]") for index, item in enumerate(node.value)]
            for index, item in enumerate(node.value):
                self._document.lines[f"{path}[{index}]"] = item.start_mark.line + 1
            return items
        assert isinstance(node, ScalarNode)  # noqa: S101 - the three kinds of node there are
        return self._scalar(node, path)

    def _mapping(self, node: Any, path: str) -> dict[str, Any]:
        from ruamel.yaml.nodes import ScalarNode

        found: dict[str, Any] = {}
        for name, item in node.value:
            if not isinstance(name, ScalarNode):
                self._refuse(path, name, "a key is no text", "keys are words such as `host`")
                continue
            key = f"{path}.{name.value}" if path else str(name.value)
            line = name.start_mark.line + 1
            if key in self._document.lines:
                first = self._document.lines[key]
                self._refuse(key, name, f"given twice, on line {first} as well", "keep one of the two")
                continue
            self._document.lines[key] = line
            value = self.value(item, key)
            if value is not None:
                found[str(name.value)] = value
        return found

    def _scalar(self, node: Any, path: str) -> Any:
        text, tag = str(node.value), str(node.tag).removeprefix(_CORE)
        if tag == "null":
            return None
        if tag == "bool" and not self._is_text(path):
            return text.lower() == "true"
        if tag == "int" and _INTEGER.fullmatch(text) and not self._is_text(path):
            return int(text)
        # Floats and dates are no answers: they stay text, and the type says what was expected.
        return text

    def _refuse(self, path: str, node: Any, what: str, remedy: str) -> None:
        self._document.problems.append(Problem(path or "(top)", f"{what} (line {node.start_mark.line + 1})", remedy))


def _too_deep(source: str) -> InputError:
    return InputError(f"{source} is nested too deeply to be answers", action="answers nest five deep")


def _unreadable(source: str, error: Any) -> InputError:
    mark = error.problem_mark or error.context_mark
    where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    # Only the parser's own words: its snippet, and the names in some messages, would repeat the file.
    problem = str(error.problem or "it cannot be parsed").replace("\n", " ")
    for name, words in _NAMING.items():
        problem = words if name in problem else problem
    return InputError(
        f"{source} is not YAML",
        (Problem(source, f"{problem}{where}", "look at that line and the one above: indentation, a quote, a colon"),),
    )
