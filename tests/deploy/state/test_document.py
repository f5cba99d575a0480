"""States are read from their bytes; what is damaged still tells what its beginning says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.deploy.state.changes import Changes, next_serial
from wizard.deploy.state.document import Head, StateDocument, Unreadable, head_of, read_state, with_serial


def resource(name: str, *keys: Any, module: str = "", mode: str = "managed") -> dict[str, Any]:
    instances = [{} if key is None else {"index_key": key} for key in keys or (None,)]
    found = {"mode": mode, "type": "aws_vpc", "name": name, "instances": instances}
    return {"module": module, **found} if module else found


def state(*resources: dict[str, Any], serial: int = 4, lineage: str = "one") -> bytes:
    head = {"version": 4, "terraform_version": "1.11.4", "serial": serial, "lineage": lineage}
    return json.dumps({**head, "outputs": {}, "resources": list(resources)}, indent=2).encode()


def test_a_state_tells_serial_lineage_engine_and_the_addresses_of_what_it_manages() -> None:
    deposed = {"mode": "managed", "type": "aws_vpc", "name": "old", "instances": [{"deposed": "ab12"}]}
    read = read_state(
        state(
            resource("main"),
            resource("each", "a", 'b"c'),
            resource("many", 0, 1),
            resource("inner", module='module.x["y"]'),
            resource("looked_up", mode="data"),
            deposed,
        )
    )

    assert isinstance(read, StateDocument)
    assert (read.serial, read.lineage, read.engine_version) == (4, "one", "1.11.4")
    assert read.addresses == {
        "aws_vpc.main",
        'aws_vpc.each["a"]',
        'aws_vpc.each["b\\"c"]',
        "aws_vpc.many[0]",
        "aws_vpc.many[1]",
        'module.x["y"].aws_vpc.inner',
    }


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"<html>", "is not JSON"),
        (state(resource("main"))[:120], "breaks off after 120 bytes"),
        (b"{}", "names no serial and lineage"),
        (b"[]", "names no serial and lineage"),
        (b'{"serial": 1, "lineage": "one"}', "no list of resources"),
        (b'{"serial": 1, "lineage": "one", "resources": [{"mode": "managed"}, 3]}', "cannot be understood"),
    ],
)
def test_what_is_no_state_says_why(content: bytes, why: str) -> None:
    read = read_state(content)

    assert isinstance(read, Unreadable)
    assert why in read.why


@given(st.integers(min_value=0))
def test_wherever_a_state_breaks_off_it_is_known_for_damaged(at: int) -> None:
    whole = state(resource("main"), resource("each", "a"))
    cut = whole[: at % len(whole)]

    assert isinstance(read_state(cut), Unreadable)


def test_a_damaged_state_still_tells_what_stands_before_its_resources_and_nothing_from_within_them() -> None:
    inner = resource("main")
    inner["instances"] = [{"attributes": {"serial": 99}}]
    assert head_of(state(inner)[:-20]) == Head(4, "one", "1.11.4")
    assert head_of(b'{"version": 4, "resources": [{"serial": 99, "lineage": "x"}]}') == Head()
    assert head_of(b"") == Head()


def test_a_state_that_the_engine_has_encrypted_is_whole_and_says_so() -> None:
    read = read_state(b'{"serial": 3, "lineage": "one", "meta": {}, "encrypted_data": "x", "encryption_version": "v0"}')

    assert isinstance(read, StateDocument)
    assert read.sealed
    assert read.brief == "serial 3, encrypted by the engine"


def test_another_serial_leaves_every_other_byte_as_it_was() -> None:
    before = state(resource("main"))
    after = with_serial(before, 12)

    assert json.loads(after)["serial"] == 12
    assert after == before.replace(b'"serial": 4', b'"serial": 12')

    odd = b'{"outputs": {"serial": {"serial": 1}}, "lineage": "one", "serial": 4, "resources": []}'
    assert json.loads(with_serial(odd, 5)) == {**json.loads(odd), "serial": 5}


def test_a_restored_state_comes_after_everything_that_is_known() -> None:
    restored = read_state(state(serial=4))
    assert isinstance(restored, StateDocument)

    assert next_serial(restored) == 5
    assert next_serial(restored, None, 9, 2) == 10


def test_what_a_restore_changes_names_what_is_known_again_and_what_is_known_no_more() -> None:
    before, restored = read_state(state(resource("new"), serial=9)), read_state(state(resource("old")))
    assert isinstance(restored, StateDocument)
    changes = Changes(before, restored, 10)

    assert (changes.added, changes.missing) == (("aws_vpc.old",), ("aws_vpc.new",))
    assert "serial   9 -> 10 (the copy's own is 4)" in changes.lines
    assert "  - aws_vpc.new: stays in AWS, and in no state" in changes.lines
    assert Changes(None, restored, 5).missing == ()
