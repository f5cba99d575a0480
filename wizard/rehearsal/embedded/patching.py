"""How moto is extended: three verbs that fail loudly when moto is not what they expect.

moto's internals are no API. A patch whose target has moved would otherwise be a patch that silently does nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from wizard.errors import RehearsalError

State = TypeVar("State")


def _version() -> str:
    from moto import __version__

    return str(__version__)


def _name(owner: Any) -> str:
    return str(getattr(owner, "__name__", type(owner).__name__))


def _existing(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, name)
    except AttributeError:
        raise RehearsalError(
            f"moto {_version()} has no {_name(owner)}.{name}",
            cause="the embedded AWS extends that part of moto, and this version of moto has it elsewhere or no more",
            action="install the version of moto that the `rehearsal` extra pins",
        ) from None


def wrap(owner: Any, name: str, around: Callable[..., Any]) -> None:
    """Replace a function or method by `around(original, *args, **kwargs)`."""
    original = _existing(owner, name)

    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return around(original, *args, **kwargs)

    setattr(owner, name, wrapped)


def wrap_property(owner: Any, name: str, around: Callable[[Any, Any], Any]) -> None:
    """Replace a read-only property by one that computes `around(value_so_far, self)`."""
    getter = _existing(owner, name).fget
    setattr(owner, name, property(lambda self: around(getter(self), self)))


def replace(owner: Any, name: str, value: Any) -> None:
    """Put `value` in the place of what is there."""
    _existing(owner, name)
    setattr(owner, name, value)


def add(owner: Any, name: str, value: Any) -> None:
    """Give `owner` what it lacks; an error if it has it by now, for then moto's own is to be used."""
    if hasattr(owner, name):
        raise RehearsalError(
            f"moto {_version()} has a {_name(owner)}.{name} of its own",
            cause="the embedded AWS would hide it behind an older stand-in",
            action="install the version of moto that the `rehearsal` extra pins",
        )
    setattr(owner, name, value)


def state_of(backend: Any, kind: type[State]) -> State:
    """Keep state of ours beside a backend's own. It goes with it: a backend's reset empties its `__dict__`."""
    state = backend.__dict__.setdefault(f"_planewright_{kind.__name__}", kind())
    assert isinstance(state, kind)  # noqa: S101 - tells the type checker what setdefault on a dict cannot
    return state
