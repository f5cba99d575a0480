"""Look at a stack's state, for a diagnosis: the edge that reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wizard import contracts
from wizard.aws.session import AwsSession
from wizard.aws.state_locks import md5_of
from wizard.aws.state_objects import Stored, StoredVersion
from wizard.blueprints.springtail.stacks import OUTPUTS
from wizard.deploy import store
from wizard.deploy.standing import standing
from wizard.deploy.state.document import StateDocument, outputs_of, read_state
from wizard.deploy.state.mending import mended
from wizard.deploy.state.present import torn_down
from wizard.deploy.state.seen import Copy, Kind, Seen
from wizard.deploy.state.shelf import Shelf, read_file, shelf_of
from wizard.deploy.target import Target
from wizard.errors import ContractError

#: So many versions, and so many backups, are read whole; more only while none of them can be understood.
_READ = 10


def look(target: Target, stack: str, session: AwsSession) -> Seen:
    """See all that a diagnosis needs. Changes nothing."""
    shelf = shelf_of(target, stack, session)
    aftermath = standing(target, stack, session)
    current = shelf.read()
    versions = shelf.versions()
    newest = versions[0] if versions else None
    return Seen(
        name=target.name,
        stack=stack,
        where=shelf.where,
        current=read_state(current.content) if current else None,
        copies=(*_copies(_earlier(shelf, versions)), *_copies(_backups(shelf))),
        deleted=newest.at if newest and newest.marker else None,
        aftermath=aftermath,
        errored=_errored(aftermath.errored_state),
        applied=target.place.contract(stack).exists(),
        torn_down=torn_down(target, stack),
        out_of_step=_out_of_step(target, stack, current),
        expected=shelf.expected(),
        md5=md5_of(current.content) if current else "",
        unread=mended(current.content)[1] if current else (),
    )


def _copies(found: Iterator[Copy]) -> tuple[Copy, ...]:
    read: list[Copy] = []
    for copy in found:
        read.append(copy)
        if len(read) >= _READ and any(isinstance(item.document, StateDocument) for item in read):
            break
    return tuple(read)


def _earlier(shelf: Shelf, versions: tuple[StoredVersion, ...]) -> Iterator[Copy]:
    for version in versions:
        if not version.latest and not version.marker:
            yield from _copy("version", version.id, shelf.read(version.id))


def _backups(shelf: Shelf) -> Iterator[Copy]:
    for backup in shelf.backups():
        yield from _copy("backup", backup.id, shelf.read_backup(backup.id))


def _copy(kind: Kind, name: str, stored: Stored | None) -> Iterator[Copy]:
    if stored is not None:  # somebody may have removed it since it was listed
        yield Copy(kind, name, stored.version.at, read_state(stored.content), md5_of(stored.content))


def _errored(path: Path | None) -> Copy | None:
    return next(_copy("errored", path.name, read_file(path)), None) if path is not None else None


def _out_of_step(target: Target, stack: str, current: Stored | None) -> tuple[str, ...]:
    """Name the outputs of which the state says another thing than the contract that this workspace keeps."""
    kept = store.load_contract(target.place, stack)
    if kept is None or current is None:
        return ()
    document = read_state(current.content)
    if not isinstance(document, StateDocument) or document.sealed:
        return ()
    try:
        said = contracts.read(OUTPUTS[stack], stack, outputs_of(current.content))
    except ContractError:
        return ("outputs that are missing",)
    before, after = kept.model_dump(mode="json"), said.model_dump(mode="json")
    return tuple(sorted(name for name in before | after if before.get(name) != after.get(name)))
