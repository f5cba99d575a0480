"""The customer's bundle of the private example, file by file, as a customer would review it.

Regenerate after a change that is meant, and read the difference: `PLANEWRIGHT_UPDATE_GOLDEN=1 pytest tests/generators`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generators.handoff import cloudformation, tofu
from generators.handoff.page import page
from tests.generators.handoffs import SITE, cover, private_steps, public_steps
from tests.generators.test_golden import GOLDEN, compare

Made = Callable[[], dict[str, bytes]]

BUNDLES: dict[str, Made] = {
    "tofu": lambda: tofu.files(private_steps(), SITE, "acme-prod"),
    "cloudformation": lambda: cloudformation.files(private_steps(), SITE, "acme-prod"),
    "private": lambda: {"handoff.html": page(private_steps(), cover())},
    "public": lambda: {"handoff.html": page(public_steps(), cover(expires={}, policies={}))},
}


@pytest.mark.parametrize("part", BUNDLES)
def test_the_bundle_is_the_one_that_was_reviewed(part: str) -> None:
    compare(GOLDEN / "handoff" / part, BUNDLES[part]())
