"""The findings on paper."""

from __future__ import annotations

from wizard.checks.run import registered


def markdown() -> str:
    """Write the page of all findings, by code."""
    lines = [
        "# Findings",
        "",
        "Made from the register in `wizard/checks` by `python -m wizard.cli.pages`.",
        "",
        "Critical ones block. High ones block until somebody acknowledges them with a reason, which is recorded. Codes are",
        "stable: scripts may rely on them.",
        "",
        "| code | severity | why | remedy |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{code.name}` | {', '.join(s.value for s in code.severities)} | {_cell(code.why)} | {_cell(code.remedy)} |"
        for code in registered()
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
