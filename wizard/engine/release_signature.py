"""Whether a release's checksums were signed with the key that is trusted. Offline, with Sequoia."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import assets
from wizard.engine.release import FINGERPRINT
from wizard.errors import EngineError

if TYPE_CHECKING:
    from pysequoia import Cert

OPENTOFU_KEY = Path(assets.__file__).parent / "engine" / "opentofu.asc"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed. `fingerprint` is the certificate's, in capitals; `whose` its first user id; `file` holds the key."""

    fingerprint: str
    whose: str
    file: Path
    signed: datetime | None

    @property
    def shipped(self) -> bool:
        """Whether it is the key of the OpenTofu project that Planewright brings along, and not one that was given."""
        return self.file == OPENTOFU_KEY


def trusted(file: Path | None) -> tuple[Cert, ...]:
    """Read the keys that are trusted: OpenTofu's own, or those of `file`. Raises EngineError when it holds none."""
    from pysequoia import Cert

    path = file or OPENTOFU_KEY
    try:
        found = tuple(Cert.split_bytes(path.read_bytes()))
    except (OSError, RuntimeError) as error:
        raise _unusable(path, _first_line(error)) from error
    if not found:
        raise _unusable(path, "it holds no OpenPGP key")
    if file is None and [cert.fingerprint.upper() for cert in found] != [FINGERPRINT]:
        raise _unusable(
            path, f"it is not the key with the fingerprint {spaced(FINGERPRINT)}: the installation was altered"
        )
    return found


def verify(signed: bytes, signature: bytes, *, key: Path | None = None) -> Signer:
    """Verify a detached signature over `signed` with OpenTofu's key, or with those of the file `key`.

    Raises EngineError when the signature is none, is of another key, or is not over these bytes.
    """
    from pysequoia import Sig
    from pysequoia import verify as verified

    certificates = trusted(key)
    names = " or ".join(spaced(cert.fingerprint) for cert in certificates)
    try:
        mark = Sig.from_bytes(signature)
    except RuntimeError as error:
        raise _refused(f"the signature cannot be read: {_first_line(error)}") from error
    try:
        # All that is trusted is offered whatever key the signature names: what it says of itself decides nothing.
        done = verified(bytes=signed, store=lambda _ids: list(certificates), signature=mark)
    except RuntimeError as error:
        by = spaced(mark.issuer_fingerprint or mark.issuer_key_id or "") or "a key that it does not name"
        raise _refused(f"it says it was made with {by}; trusted is {names}; {_first_line(error)}") from error
    # Sequoia raises when nothing is valid; what is not said to be valid is not taken for it all the same.
    valid = {item.certificate.upper() for item in done.valid_sigs}
    for cert in certificates:
        if cert.fingerprint.upper() in valid:
            whose = str(cert.user_ids[0]) if cert.user_ids else ""
            return Signer(cert.fingerprint.upper(), whose, key or OPENTOFU_KEY, mark.created)
    raise _refused(f"no valid signature of {names}")


def spaced(fingerprint: str) -> str:
    """Give a fingerprint as people compare it: groups of four."""
    text = fingerprint.upper()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _refused(cause: str) -> EngineError:
    return EngineError(
        "the release's checksums are not signed by whom they should be: nothing was installed",
        cause=cause,
        action="fetch it from the project's own place, or name the key of whoever signed your build with --key FILE; "
        "an unsigned engine is not installed",
    )


def _unusable(path: Path, cause: str) -> EngineError:
    return EngineError(
        f"the key {path} cannot be used", cause=cause, action="name a file with an OpenPGP public key, armored or not"
    )


def _first_line(error: Exception) -> str:
    # Sequoia's texts carry a backtrace.
    return str(error).strip().split("\n", 1)[0]
