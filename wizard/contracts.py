"""Contracts: the typed outputs that one stack hands to the next.

A blueprint declares a contract as a frozen model. `read` turns the engine's `output -json` into it and fails,
naming the stack and each key, before anything downstream is called. `digest_of` is the digest a consumer records.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from wizard.errors import ContractError
from wizard.files import digest


class Contract(BaseModel):
    """Outputs of a stack. Unknown outputs are ignored: a newer stack may say more than an older reader needs."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


C = TypeVar("C", bound=Contract)


def read(model: type[C], stack: str, outputs: dict[str, Any]) -> C:
    """Read `{"name": {"value": …, "type": …, "sensitive": …}}` as the engine prints it."""
    values = {name: entry.get("value") for name, entry in outputs.items() if isinstance(entry, dict)}
    try:
        # Through JSON, so that strict mode still takes a list for a tuple but never "5" for 5.
        return model.model_validate_json(json.dumps(values))
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in error.errors(include_url=False)
        )
        raise ContractError(
            f"stack {stack} does not hand over what the next stack needs",
            cause=wrong,
            action=f"apply {stack} again; if it has just been applied, its module and this Planewright differ in version",
        ) from None


def digest_of(contract: Contract) -> str:
    """Digest of the values, independent of the order they were written in."""
    return digest(json.dumps(contract.model_dump(mode="json"), sort_keys=True).encode())
