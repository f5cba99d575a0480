"""Which function reads which ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from wizard.aws.facts import access, compute, database, grants, names, network, prices, quotas, state
from wizard.aws.session import AwsSession
from wizard.facts.asking import Ask

#: Reads an ask with a session. Lets botocore's errors through: `gather` says what they mean.
Reader = Callable[[AwsSession, Any], Any]

#: Modules with a `READERS: Mapping[type[Ask], Reader]`.
MODULES = (access, compute, database, grants, names, network, prices, quotas, state)


@cache
def readers() -> Mapping[type[Ask[Any]], Reader]:
    """Give the reader of each kind of ask."""
    return {ask: reader for module in MODULES for ask, reader in module.READERS.items()}
