"""What a command line wants of the screens, and what a rehearsal lends them. Known to every front end; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.aws.secrets import Inputs
    from wizard.deploy.target import Target


@dataclass(frozen=True, slots=True)
class Played:
    """The customer's part where nothing is real: what they would hand over, given in memory when it is needed.

    `inputs` gives the secrets that only the customer has; `readiness` is the file that their DBA has sent.
    """

    inputs: Callable[[Target], Inputs] = field(repr=False)
    readiness: Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for. `name` is of the object to open at once; `engine`, `mirror` as for any command.

    `environ` is the environment to work in (default: the process's own); `played` is there in a rehearsal alone.
    """

    workspace: Path
    name: str | None = None
    engine: str | None = None
    mirror: str | None = None
    mouse: bool = True
    presenter: bool = False
    light: bool = False
    environ: Mapping[str, str] | None = field(default=None, repr=False)
    played: Played | None = None


#: Opens the screens and gives the exit code: what the program's start lends to a command that wants them.
Opener = Callable[[Wanted], int]
