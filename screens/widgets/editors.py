"""What a question is answered in: a line, a box or a choice, what stands in it while it is empty, and what it holds."""

from __future__ import annotations

from screens.widgets.choice import Choosing, Picker, Radios, fits_row
from screens.widgets.line import Box, Line
from wizard.answers.catalogue import Asked, Shape
from wizard.answers.draft import as_typed
from wizard.answers.typed import accept
from wizard.errors import InputError

Editor = Line | Box | Choosing


def editor_of(asked: Asked) -> Editor:
    """Make the editor of a question, empty."""
    default = as_typed(asked, asked.default)
    if asked.shape in {Shape.YES_NO, Shape.CHOICE}:
        options = ("yes", "no") if asked.shape is Shape.YES_NO else tuple(map(str, asked.options))
        return (Radios if fits_row(options) else Picker)(options, default=default)
    empty = placeholder(asked, required=not asked.has_default)
    if asked.shape is Shape.TEXT and asked.key.endswith("_pem"):
        return Box(placeholder=empty)
    return Line(placeholder=empty, joiner=", " if asked.shape in {Shape.LIST, Shape.TABLE} else "")


def placeholder(asked: Asked, *, required: bool) -> str:
    """What stands in an empty field: that it must be filled, or what counts as long as it is not; and the bounds."""
    default = as_typed(asked, asked.default)
    words = ["required" if required else f"default: {default}" if default else "optional"]
    if asked.minimum is not None and asked.maximum is not None:
        words.append(f"{asked.minimum} to {asked.maximum}")
    if asked.shape is Shape.LIST:
        words.append("one, two, …")
    if asked.shape is Shape.TABLE:
        words.append("key=value, …")
    return " · ".join(words)


def entries(asked: Asked, text: str) -> str:
    """Say how many entries a list or a table has as it stands."""
    if asked.shape not in {Shape.LIST, Shape.TABLE} or not text.strip():
        return ""
    try:
        count = len(accept(asked, text))
    except InputError:
        return ""
    return f"{count} {'entry' if count == 1 else 'entries'}."
