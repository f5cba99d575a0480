"""Examples of any frozen type that an ask has or gives, by its annotations."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

_PLAIN: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(max_size=12),
    int: st.integers(-(10**9), 10**9),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=6),
    datetime: st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    date: st.dates(),
    timedelta: st.timedeltas(timedelta(0), timedelta(days=9)),
    type(None): st.none(),
}


def examples(of: Any) -> st.SearchStrategy[Any]:
    """Give a strategy of values of a type: plain ones, enums, literals, unions, tuples, frozen dataclasses."""
    origin = get_origin(of)
    if origin is Literal:
        return st.sampled_from(get_args(of))
    if origin in {Union, types.UnionType}:
        return st.one_of(*map(examples, get_args(of)))
    if origin is tuple:
        inner = get_args(of)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return st.lists(examples(inner[0]), max_size=2).map(tuple)
        return st.tuples(*map(examples, inner))
    if origin is typing.Annotated:
        return examples(get_args(of)[0])
    if isinstance(of, type) and issubclass(of, Enum):
        return st.sampled_from(of)
    if is_dataclass(of):
        hints = get_type_hints(of)
        return st.builds(of, **{field.name: examples(hints[field.name]) for field in fields(of)})
    return _PLAIN[of]
