"""What a person gave for the secret containers, as the seeding takes it: asked for only when it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wizard.deploy.target import Target
from wizard.errors import InputError

if TYPE_CHECKING:
    from wizard.aws.secrets import Inputs
    from wizard.aws.tls_material import TlsMaterial


def inputs(target: Target, *, password: str, certificate: str, key: str) -> Inputs:
    """Give the inputs of `seed_target`. What is missing is an InputError only once it turns out to be needed."""
    from wizard.aws.secrets import Inputs

    database = target.deployment.database

    def typed() -> str:
        if not password:
            raise InputError(
                f"the password of {database.user} on {database.host} is needed: none is stored yet",
                action="seed again, and type it",
            )
        return password

    return Inputs(database_password=typed, proxy_tls=lambda: tls(certificate, key))


def tls(certificate: str, key: str) -> TlsMaterial | None:
    """Read the two PEM files; None when neither is given: not yet. Raises InputError for half of it, or no such file."""
    from wizard.aws.tls_material import TlsMaterial

    if not certificate and not key:
        return None
    if not certificate or not key:
        raise InputError("the proxy's certificate and key go together", action="give both files")
    try:
        return TlsMaterial(
            Path(certificate).expanduser().read_text(encoding="utf-8"),
            Path(key).expanduser().read_text(encoding="utf-8"),
        )
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "the proxy's certificate or key cannot be read", cause=str(error), action="give two PEM files"
        ) from None
