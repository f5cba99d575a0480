"""A journal is looked at by line numbers, whatever its size, and read only where somebody looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wizard.walk import journal
from wizard.walk.journal import Index, grown, history, lines_at

STREAMS = Path(__file__).parent.parent / "engine" / "streams"


@pytest.mark.parametrize("stream", ["apply-private", "apply-sigkill"])
def test_every_line_is_found_by_its_number(stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "CHUNK", 700)  # lines and pieces end at odd places
    path = STREAMS / f"{stream}.jsonl"
    index = grown(path, Index())
    lines = [line[: journal.WIDEST] for line in path.read_text().splitlines()]

    assert index.lines == len(lines)
    assert [lines_at(path, index, number, 1) for number in range(len(lines))] == [[line] for line in lines]
    assert lines_at(path, index, 10, 25) == lines[10:35]
    assert lines_at(path, index, len(lines) - 2, 50) == lines[-2:]


@example(pieces=[b"x" * 16, b""])
@given(pieces=st.lists(st.binary(max_size=40).map(lambda data: data.replace(b"\r", b"x")), max_size=12))
def test_an_index_that_grows_is_the_index_of_the_whole(
    pieces: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("journal") / "engine.jsonl"
    path.touch()
    index = Index()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "CHUNK", 16)
        for piece in pieces:
            with path.open("ab") as file:
                file.write(piece)
            index = grown(path, index)
        assert index == grown(path, Index())
        whole = b"".join(pieces)
        expected = whole.split(b"\n")[: index.lines]
        assert index.lines == whole.count(b"\n") + bool(whole and not whole.endswith(b"\n"))
        assert lines_at(path, index, 0, 1000) == [line.decode(errors="replace") for line in expected]


def test_what_the_engine_said_of_one_resource_is_found_in_order() -> None:
    said = [item.what for item in history(STREAMS / "apply-private.jsonl", "module.shard.aws_nat_gateway.nat")]

    assert said[0] == "Plan to create"
    assert said[1] == "Creating..."
    assert said[-1].startswith("Creation complete")


def test_a_failed_resource_has_its_diagnostic_in_its_history() -> None:
    from wizard.engine.reducer import reduce

    path = STREAMS / "apply-fail-midway.jsonl"
    failed = reduce(path.read_bytes()).failed[0]

    assert any("Error:" in item.what for item in history(path, failed.address))


def test_a_look_that_is_no_longer_wanted_ends() -> None:
    path = STREAMS / "apply-private.jsonl"

    assert history(path, "module.shard.aws_nat_gateway.nat", stop=lambda: True) == ()
    assert grown(path, Index(), stop=lambda: True) == Index()
