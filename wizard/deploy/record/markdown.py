"""A document as Markdown. Pure; nothing that people or AWS wrote becomes markup."""

from __future__ import annotations

import re

from wizard.deploy.record.document import Block, Document, Items, Paragraph, Table, Verbatim
from wizard.deploy.record.seal import UNSEALED, sealed


def to_markdown(document: Document, record_digest: str) -> str:
    """Write the document, the record's digest and its own seal at the end."""
    parts = [f"# {_inline(document.title)}", ""]
    for section in document.sections:
        parts += [f"## {_inline(section.title)}", ""]
        for block in section.blocks:
            parts += [*_block(block), ""]
    parts += ["---", "", f"record {record_digest}  ", f"sealed {UNSEALED}"]
    return sealed("\n".join(parts) + "\n")


def _block(block: Block) -> list[str]:
    match block:
        case Paragraph(text, leads):
            return [f"**{_inline(text)}**" if leads else _inline(text)]
        case Items(items):
            return [f"- {_inline(item)}" for item in items]
        case Table(head, rows):
            return [_row(head), f"|{'---|' * len(head)}", *(_row(row) for row in rows)]
        case Verbatim(label, text):
            fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text) or [""]))
            return [f"{_inline(label)}:", "", f"{fence}text", text.rstrip("\n"), fence]


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(_inline(cell) for cell in cells)} |"


def _inline(text: str) -> str:
    """One line in which nothing is markup. An underscore within a word is none, and names are full of them."""
    line = re.sub(r"([\\`*<>\[\]|#&~]|(?<!\w)_|_(?!\w))", r"\\\1", " ".join(text.split()))
    # At a line's beginning also what would open a list, a heading underline or a number.
    return re.sub(r"^([-+=])", r"\\\1", re.sub(r"^(\d+)([.)])", r"\1\\\2", line))
