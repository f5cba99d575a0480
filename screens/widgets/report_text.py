"""The report's Markdown as one styled text. Pure.

Textual's Markdown widget makes a widget of every block: for a report that is some four hundred, and a second of waiting.
"""

from __future__ import annotations

import re

from textual.content import Content

_SYMBOLS = {"✓": "$text-success", "✗": "bold $text-error", "…": "$text-warning", "?": "$text-muted", "~": "$text-muted"}
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>()#+\-.!|~&])")
_FENCE = re.compile(r"(?P<fence>`{3,})text")
_LABEL = re.compile(r"- (?P<label>[a-z][a-z ]{1,23}): (?P<text>.*)")


def styled(markdown: str) -> Content:
    """Style headings, labels and what was seen; a heading's colour follows the state that it names."""
    lines: list[Content] = []
    fence = ""  # what closes the block that is open: longer than any run of backticks inside
    for line in markdown.splitlines():
        if not fence and (opened := _FENCE.fullmatch(line)) is not None:
            fence = opened["fence"]
        elif fence and line == fence:
            fence = ""
        elif fence:
            lines.append(Content.styled(f"    {line}", "$text-muted"))
        else:
            lines.append(_line(_ESCAPED.sub(r"\1", line)))
    return Content("\n").join(lines)


def _line(line: str) -> Content:
    if line.startswith("### "):
        text = line[4:]
        return Content.styled(text, _SYMBOLS.get(text[:1], "bold"))
    if line.startswith("## "):
        return Content.styled(line[3:], "bold underline")
    if line.startswith("# "):
        return Content.styled(line[2:], "bold $text-accent")
    label = _LABEL.fullmatch(line)
    if label is not None:
        return Content.assemble((f"  {label['label']}: ", "bold"), label["text"])
    return Content(f"  • {line[2:]}" if line.startswith("- ") else line)
