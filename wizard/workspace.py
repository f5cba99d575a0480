"""A workspace: a directory of shards and deployments, fit to be committed to git.

    WORKSPACE/
      shards/NAME/answers.yaml
      deployments/NAME/answers.yaml
                       answers.draft.yaml              what is being typed (wizard.deploy.drafts)
                       adopted.json                    something else made the shard (wizard.deploy.adopting)
                       pins.json                       AMIs, resolved once (wizard.aws.pins)
                       readiness.json                  what the database says of itself (wizard.readiness)
                       stacks/STACK/*.tf …             emitted; manifest.json holds their digests
                       contracts/STACK.json            typed outputs of the last apply
                       reports/                        verification reports, and records of calls
                       handoff/                        what the customer gets (wizard.deploy.handoff)
                       .planewright/                   ignored by git, 0700
                         data/STACK/                   the engine's own (TF_DATA_DIR)
                         runs/RUN/                     one run each

Names are unique over shards and deployments, so that a command needs no more than a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from wizard.errors import InputError
from wizard.files import private_dir, write_atomic

Kind = Literal["shard", "deployment"]
_FOLDERS: dict[Kind, str] = {"shard": "shards", "deployment": "deployments"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where one shard or deployment lives."""

    kind: Kind
    name: str
    path: Path

    @property
    def answers(self) -> Path:
        """The saved answers."""
        return self.path / "answers.yaml"

    @property
    def draft(self) -> Path:
        """Answers that are being typed (`wizard.deploy.drafts`)."""
        return self.path / "answers.draft.yaml"

    @property
    def adopted(self) -> Path:
        """That something else made the shard. Fit for git, as its contract is."""
        return self.path / "adopted.json"

    @property
    def pins(self) -> Path:
        """AMIs that were resolved from parameters, and when."""
        return self.path / "pins.json"

    @property
    def readiness(self) -> Path:
        """What the customer's database said of itself, and when."""
        return self.path / "readiness.json"

    @property
    def reports(self) -> Path:
        """Verification reports, and records of calls."""
        return self.path / "reports"

    @property
    def handoff(self) -> Path:
        """What the customer gets: a page, and a folder for each account and region of theirs."""
        return self.path / "handoff"

    def within(self, path: Path) -> str:
        """Give a path as it is seen from the object's folder; in full where it lies elsewhere."""
        return str(path.relative_to(self.path)) if path.is_relative_to(self.path) else str(path)

    @property
    def hidden(self) -> Path:
        """What git must not see: made private, with an ignore file of its own."""
        folder = private_dir(self.path / ".planewright")
        ignore = folder / ".gitignore"
        if not ignore.exists():
            write_atomic(ignore, "*\n")
        return folder

    @property
    def runs(self) -> Path:
        """All runs, one directory each; made where there was none."""
        return private_dir(self.hidden / "runs")

    @property
    def past_runs(self) -> Path:
        """Where runs lie that were made, for who only reads: makes no folder where there was none."""
        return self.path / ".planewright" / "runs"

    def stack(self, stack: str) -> Path:
        """Emitted files of a stack: where `tofu init && tofu plan` works by hand."""
        return self.path / "stacks" / stack

    def contract(self, stack: str) -> Path:
        """Typed outputs of a stack's last apply."""
        return self.path / "contracts" / f"{stack}.json"

    def engine_data(self, stack: str) -> Path:
        """The engine's own directory (TF_DATA_DIR): providers, backend configuration."""
        return private_dir(self.hidden / "data" / stack)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The directory that `--workspace` names."""

    root: Path

    def place(self, kind: Kind, name: str) -> Place:
        """Where an object of this name lives, or would."""
        return Place(kind, name, self.root / _FOLDERS[kind] / name)

    def all(self) -> Iterator[Place]:
        """Every saved shard, then every saved deployment, by name."""
        return (place for place in self.folders() if place.answers.is_file())

    def begun(self) -> Iterator[Place]:
        """Every shard, then every deployment, that is saved or being typed, by name."""
        return (place for place in self.folders() if place.answers.is_file() or place.draft.is_file())

    def folders(self) -> Iterator[Place]:
        """Every folder of shards, then of deployments, by name, whatever it holds."""
        for kind, folder in _FOLDERS.items():
            base = self.root / folder
            if base.is_dir():
                yield from (Place(kind, path.name, path) for path in sorted(base.iterdir()))

    def find(self, name: str) -> Place:
        """Find a saved shard or deployment by its name."""
        known = {place.name: place for place in self.all()}
        if name in known:
            return known[name]
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise InputError(
            f"no shard or deployment named {name} in {self.root}",
            cause=f"it holds: {', '.join(known) or 'nothing yet'}",
            action=f"{hint}`planewright new {name}` makes one; --workspace names another folder",
        )
