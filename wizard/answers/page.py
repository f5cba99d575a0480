"""The questions on paper: a Markdown page for the docs, and a plain list for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from wizard.answers.catalogue import Asked, Shape, catalogue
from wizard.answers.types import Answers


def markdown(models: Iterable[tuple[str, type[Answers]]]) -> str:
    """Write the page of all questions, by kind and section."""
    lines = [
        "# Questions",
        "",
        "Made from the declarations in `wizard/answers` and `wizard/blueprints` by `python -m wizard.cli.pages`.",
        "",
        "Each question is a key of `answers.yaml`, a flag of `planewright new`, and a key for `--set KEY=VALUE`.",
        "**required** has no default; *advanced* is asked only with `--advanced`.",
    ]
    for title, model in models:
        lines += ["", f"## {title}"]
        for section, questions in groupby(catalogue(model), key=lambda asked: asked.section):
            lines += ["", f"### {section}", "", "| key, flag | question | default |", "|---|---|---|"]
            lines += [_row(asked) for question in questions for asked in (question, *question.members)]
    return "\n".join(lines) + "\n"


def plain_list(model: type[Answers]) -> str:
    """List flags with their questions, one a line."""
    return "\n".join(
        f"{asked.flag:<46} {asked.ask}{'' if asked.has_default else '  (required)'}" for asked in catalogue(model)
    )


def _row(asked: Asked) -> str:
    words = " ".join(filter(None, (f"{asked.ask}." if asked.help else asked.ask, asked.help)))
    if asked.shape not in {Shape.TEXT, Shape.GROUPS}:
        words += f" *{asked.expected[:1].upper()}{asked.expected[1:]}.*"
    if asked.depends_on:
        words += f" Depends on {', '.join(f'`{key}`' for key in asked.depends_on)}."
    if asked.advanced:
        words += " *Advanced.*"
    flag = "" if "[]" in asked.key else f"<br>`{asked.flag}`"
    default = f"`{asked.default}`" if asked.default not in (None, "", [], {}) else "empty"
    if not asked.has_default:
        default = "**required**"
    return f"| `{asked.key}`{flag} | {words.replace('|', chr(92) + '|')} | {default} |"
