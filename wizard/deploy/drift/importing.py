"""What a plan is to import, told to the engine by a file that lies in the stack's folder only while it plans."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from wizard.files import write_atomic

#: Removed again once the plan is made: a saved plan holds the configuration that it was made of.
_BLOCKS: Final = "planewright-import.tf"


@contextmanager
def import_blocks(stack_dir: Path, imports: Sequence[tuple[str, str]]) -> Iterator[None]:
    """Have the engine import these, and nothing else, while it plans."""
    import_nothing(stack_dir)
    if not imports:
        yield
        return
    blocks = [f"import {{\n  to = {address}\n  id = {_quoted(id_)}\n}}\n" for address, id_ in imports]
    write_atomic(stack_dir / _BLOCKS, "\n".join(blocks))
    try:
        yield
    finally:
        import_nothing(stack_dir)


def import_nothing(stack_dir: Path) -> None:
    """Remove what a planner that was killed has left: any plan would import it. Only while nobody plans."""
    (stack_dir / _BLOCKS).unlink(missing_ok=True)


def _quoted(text: str) -> str:
    """Write a text as the engine's language has it: nothing of it is a template."""
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")
