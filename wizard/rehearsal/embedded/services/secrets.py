"""Secrets Manager: a secret that is scheduled for deletion holds its name and gives nothing away."""

from __future__ import annotations

from typing import Any

from wizard.rehearsal.embedded.patching import wrap
from wizard.rehearsal.embedded.services.answers import failure


def _create(original: Any, backend: Any, name: str, **request: Any) -> Any:
    existing = backend.secrets.get(name)
    if existing is not None and existing.is_deleted():
        raise failure(
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
        )
    return original(backend, name=name, **request)


def _put_value(original: Any, backend: Any, secret_id: str, **request: Any) -> Any:
    existing = backend.secrets.get(secret_id)
    if existing is not None and existing.is_deleted():
        raise failure(
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
        )
    return original(backend, secret_id=secret_id, **request)


def install() -> None:
    """Have the recovery window felt."""
    from moto.secretsmanager.models import SecretsManagerBackend

    wrap(SecretsManagerBackend, "create_secret", _create)
    wrap(SecretsManagerBackend, "put_secret_value", _put_value)
