"""A text is found in a journal line by line as it is shown, whatever the file's size, and none is kept in memory."""

from __future__ import annotations

import random
import tracemalloc
from collections import deque
from pathlib import Path

import pytest

from wizard.redact import MASK, Redactor
from wizard.walk.journal import CHUNK, Index, grown
from wizard.walk.journal_search import Finder, Hits, Search


def same(text: str) -> str:
    return text


def redacted(text: str) -> str:
    return Redactor().text(text)


def written(path: Path, lines: list[str]) -> tuple[Path, Index]:
    path.write_text("\n".join(lines) + "\n")
    return path, grown(path, Index())


def searched(search: Search, index: Index, hits: Hits | None = None) -> Hits:
    hits = hits or Hits()
    for piece in search.pieces(hits, index.size):
        hits = piece()
    return hits


def found(search: Search, index: Index) -> list[int | None]:
    hits = searched(search, index)
    return [search.line(index, hits, ordinal) for ordinal in range(hits.count)]


def long_lines(seed: int) -> list[str]:
    """Lines of all lengths, some longer than a piece of the file."""
    made = random.Random(seed)
    lines = []
    for number in range(400):
        length = made.choice(
            [0, 1, 40, 700, 9000, CHUNK - 1, CHUNK, 3 * CHUNK] if number % 50 == 0 else [0, 3, 90, 2000]
        )
        lines.append(("needle " if made.random() < 0.2 else "") + "x" * length)
    return lines


@pytest.mark.parametrize("seed", range(6))
def test_what_is_found_is_what_looking_through_all_lines_finds(tmp_path: Path, seed: int) -> None:
    lines = long_lines(seed)
    path, index = written(tmp_path / "journal", lines)
    expected = [number for number, line in enumerate(lines) if "needle" in line]
    search = Search(path, Finder("Needle", same))
    assert found(search, index) == expected
    hits = searched(search, index)
    for line in (0, 7, 133, 399):
        after = next((at for at, number in enumerate(expected) if number >= line), None)
        assert search.ordinal(index, hits, line) == after, line


def test_a_line_that_begins_where_a_piece_of_the_file_does_is_found_as_itself(tmp_path: Path) -> None:
    path, index = written(tmp_path / "journal", ["x" * (CHUNK - 1), "needle", "x" * (CHUNK - 8), "needle"])
    assert found(Search(path, Finder("needle", same)), index) == [1, 3]


@pytest.mark.parametrize("ends", [b"", b"\n"])
def test_a_journal_that_grows_is_searched_on_from_where_the_search_ended(tmp_path: Path, ends: bytes) -> None:
    path, index = written(tmp_path / "journal", ["needle", "x" * (CHUNK - 12), "need"])
    with path.open("r+b") as journal:
        journal.truncate(path.stat().st_size - 1)  # the last line is half written
    index = grown(path, Index())
    search = Search(path, Finder("needle", same))
    before = searched(search, index)
    assert before.count == 1
    with path.open("ab") as journal:
        journal.write(b"le\nnothing\n" + b"needle" + ends)
    later = grown(path, index)
    hits = searched(search, later, before)
    assert [search.line(later, hits, at) for at in range(hits.count)] == [0, 2, 4]


def test_a_secret_is_not_found_and_what_stands_in_its_place_is(tmp_path: Path) -> None:
    path, index = written(tmp_path / "journal", ["password=hunter2-and-more", "hunter2 goes by"])
    assert found(Search(path, Finder("hunter2", redacted)), index) == [1]
    assert found(Search(path, Finder("dacted", redacted)), index) == [0]
    assert found(Search(path, Finder(f"={MASK}", redacted)), index) == [0]


def test_before_an_audience_a_name_is_found_by_its_mask_and_not_by_itself(tmp_path: Path) -> None:
    path, index = written(tmp_path / "journal", ["in 111111111111", "nothing"])
    masked = lambda text: text.replace("111111111111", "account-A")  # noqa: E731 - as presenter mode does it
    assert found(Search(path, Finder("account-a", masked, masking=True)), index) == [0]
    assert found(Search(path, Finder("1111", masked, masking=True)), index) == []


def test_a_blank_finds_what_is_shown_as_a_blank(tmp_path: Path) -> None:
    path, index = written(tmp_path / "journal", ["a\tb", "a b", "ab"])
    shown = lambda text: text.replace("\t", " ")  # noqa: E731 - as the log does it
    assert found(Search(path, Finder("a b", shown)), index) == [0, 1]


def test_however_many_lines_are_found_they_take_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with path.open("w") as journal:
        for part in range(30):
            journal.write("".join(f"line {part} {number}\n" for number in range(10_000)))
    index = grown(path, Index())
    search = Search(path, Finder("line", same))
    tracemalloc.start()
    try:
        piece = deque(search.pieces(Hits(), index.size), maxlen=1)[0]
        hits = piece()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert hits.count == 300_000
    assert most < 3_000_000
    assert search.line(index, hits, 123_456) == 123_456
