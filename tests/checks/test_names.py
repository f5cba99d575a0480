"""Every derived name is held against what AWS takes."""

from __future__ import annotations

import pytest

from tests.checks.test_checks import deployment, shard
from wizard.blueprints.springtail.derived import Kind, Named, of_deployment, of_shard
from wizard.checks import check_deployment
from wizard.checks.names import LIMITS, too_long


@pytest.mark.parametrize("kind", Kind)
def test_a_name_may_be_as_long_as_its_limit_and_no_longer(kind: Kind) -> None:
    limit = LIMITS[kind]
    assert list(too_long([Named(kind, "a" * limit)])) == []
    [finding] = too_long([Named(kind, "a" * (limit + 1), "name")])
    assert finding.path == "name"
    assert f"{limit + 1} characters; AWS takes {limit}" in finding.what


def test_the_longest_answers_give_no_name_that_is_too_long() -> None:
    longest = "a" * 32
    on = shard().model_copy(update={"name": longest})
    ids = tuple(f"identifiers.{key}={longest}" for key in ("organization", "account", "instance"))
    for topology in ("private", "public"):
        names = of_deployment(deployment(topology, *ids).model_copy(update={"name": longest}), on)
        assert {named.kind for named in names} <= set(LIMITS)
        assert list(too_long((*of_shard(on), *names))) == []


def test_a_parameter_has_fifteen_levels_at_most() -> None:
    def of(levels: int) -> list[str]:
        found = check_deployment(deployment("private", f"nodes.proxy.ami.parameter={'/image' * levels}"), shard())
        return [finding.path for finding in found if finding.code == "NAME_TOO_LONG"]

    assert of(15) == []
    assert of(16) == ["nodes.proxy.ami.parameter"]
