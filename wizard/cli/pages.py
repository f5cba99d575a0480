"""`python -m wizard.cli.pages [FOLDER]`: write the pages of the docs that are made from declarations."""

from __future__ import annotations

import sys
from pathlib import Path


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    from wizard.answers.page import markdown as questions
    from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
    from wizard.blueprints.springtail.wishes import LEFT_ALONE, WISHES
    from wizard.changes.page import markdown as changes
    from wizard.checks.page import markdown as findings
    from wizard.rehearsal.fault_page import markdown as faults

    return {
        "questions.md": questions((("Shard", ShardAnswers), ("Deployment", DeploymentAnswers))),
        "findings.md": findings(),
        "faults.md": faults(),
        "changes.md": changes(WISHES, LEFT_ALONE),
    }


def main(folder: Path) -> None:
    """Write the pages into a folder."""
    from wizard.files import write_atomic

    for name, text in pages().items():
        write_atomic(folder / name, text)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
