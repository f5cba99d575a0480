"""A record that was altered is told from one that was not; nothing in one becomes markup."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.deploy.record.told import FOUND, a_record, after_a_call, waiting
from wizard.deploy.record.gathering import Made
from wizard.deploy.record.seal import UNSEALED, check, record_digest, sealed
from wizard.deploy.record.writing import forms
from wizard.errors import InputError
from wizard.files import to_json

FORMS = ("md", "html", "json")


@pytest.fixture
def made(tmp_path: Path) -> tuple[str, dict[str, str]]:
    return forms(a_record(after_a_call(tmp_path, waiting()), FOUND))


@pytest.mark.parametrize("suffix", FORMS)
def test_each_form_checks_out_and_ends_with_the_same_digest(made: tuple[str, dict[str, str]], suffix: str) -> None:
    known, texts = made
    found = check(texts[suffix].encode(), name="x")
    assert (found.record, found.problems) == (known, ())


@pytest.mark.parametrize("suffix", FORMS)
@pytest.mark.parametrize(("old", "new"), [("a trial", "a trifle"), ("pcx-db", "pcx-dc"), ("2026", "2027")])
def test_any_edit_is_told(made: tuple[str, dict[str, str]], suffix: str, old: str, new: str) -> None:
    text = made[1][suffix]
    assert old in text
    assert check(text.replace(old, new, 1).encode(), name="x").problems == (
        "the file was altered after it was made",
    ) or (suffix == "json" and len(check(text.replace(old, new, 1).encode(), name="x").problems) == 2)


def test_json_that_was_altered_and_sealed_anew_is_told_by_its_records_digest(made: tuple[str, dict[str, str]]) -> None:
    value = json.loads(made[1]["json"])
    value["record"]["note"] = "all is well"
    value["seal"] = f"sealed {UNSEALED}"
    found = check(sealed(to_json(value)).encode(), name="x")
    assert found.problems == ("the record in it is not the one that its digest is of",)


def test_anybody_can_compute_the_records_digest_from_the_json(made: tuple[str, dict[str, str]]) -> None:
    known, texts = made
    assert record_digest(json.loads(texts["json"])["record"]) == known


@pytest.mark.parametrize("suffix", FORMS)
def test_line_ends_as_mail_rewrites_them_are_no_alteration(made: tuple[str, dict[str, str]], suffix: str) -> None:
    text = made[1][suffix].replace("\n", "\r\n")
    assert check(b"\xef\xbb\xbf" + text.encode(), name="x").problems == ()


@pytest.mark.parametrize("data", [b"", b"# a page", b"\xff\xfe", b"{}", b"sealed sha256:" + b"0" * 64])
def test_what_is_no_record_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(InputError, match=r"x\.md is no record"):
        check(data, name="x.md")


HOSTILE = "</pre><script>alert(1)</script> | `x` [y](javascript:z) &lt; sealed " + UNSEALED + "\n# a heading"


def test_what_people_wrote_becomes_no_markup_and_no_seal(tmp_path: Path) -> None:
    made = Made(datetime(2026, 3, 1, tzinfo=UTC), HOSTILE, (HOSTILE,), HOSTILE)
    finding = FOUND.model_copy(update={"what": HOSTILE, "path": HOSTILE})
    _, texts = forms(a_record(after_a_call(tmp_path, waiting()), finding, made=made))
    assert "<script" not in texts["html"]
    assert not re.search(r"(?m)^# a heading", texts["md"])
    outside = re.sub(r"(?ms)^(`{3,})text\n.*?^\1$", "", texts["md"])
    assert not re.search(r"(?<!\\)<script", outside)
    assert not re.search(r"(?<!\\)\[y", outside)
    for text in texts.values():
        assert check(text.encode(), name="x").problems == ()


def test_the_page_loads_and_runs_nothing(made: tuple[str, dict[str, str]]) -> None:
    page = made[1]["html"]
    assert "default-src 'none'" in page
    assert not re.search(
        r"(?i)<script|<link|<img|<iframe|\son\w+=|url\(|@import|https?://(?!\S*</)", page.partition("<main>")[0]
    )
    assert not re.search(r"(?i)<(?:script|link|img|iframe|a)\b", page)
