"""One `init` at a time where the plugin cache needs it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from wizard.engine.locate import Engine
from wizard.engine.mirrors import plugin_cache_of
from wizard.errors import EngineError

_PATIENCE_S = 900


@contextlib.contextmanager
def one_init(engine: Engine, cli_config: Path, stack: str) -> Iterator[None]:
    """Wait until no other `init` fills the shared plugin cache: Terraform's must not be filled by two, OpenTofu locks it.

    Raises EngineError when the other one does not end.
    """
    cache = plugin_cache_of(cli_config)
    if engine.kind == "tofu" or cache is None:
        yield
        return
    from filelock import FileLock, Timeout

    try:
        with FileLock(cache / ".lock", timeout=_PATIENCE_S):
            yield
    except Timeout:
        raise EngineError(
            f"{stack} could not be initialised: another one is being initialised, and does not end",
            cause=f"{cache / '.lock'} is held",
            action="look for a hanging `init`, end it, then run the command again",
        ) from None
