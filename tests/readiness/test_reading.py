"""What somebody sent back is read strictly, and what is wrong with it is said."""

from __future__ import annotations

import json

import pytest

from tests.readiness.documents import document, said
from wizard.errors import InputError
from wizard.readiness.reading import load, read


def refused(text: str) -> str:
    with pytest.raises(InputError) as raised:
        read(text, source="script", name="sent.json")
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        ("psql: error: connection to server failed: FATAL:  no pg_hba.conf entry", "no pg_hba.conf entry"),
        ("ERROR:  canceling statement due to statement timeout", "statement timeout"),
        ("SELECT jsonb_build_object('planewright_readiness', 1)", "the script itself"),
        (json.dumps(document())[:-40], "cut off"),
        ('{"some": "other JSON"}', "no JSON document of the script"),
        ("x" * 4_000_001, "larger than 4 MB"),
    ],
)
def test_a_wrong_file_is_explained(text: str, says: str) -> None:
    assert says in refused(text)


def test_every_problem_of_a_document_is_named_with_its_path() -> None:
    told = refused(json.dumps(document(server__wal_level=5, server__max_wal_senders="10", database__name=None)))
    for path in ("server.wal_level", "server.max_wal_senders", "database.name"):
        assert path in told


def test_a_document_of_another_version_is_refused() -> None:
    assert "another version" in refused(json.dumps(document(planewright_readiness=2)))


def test_documents_of_two_servers_are_not_put_together() -> None:
    one, other = document(), document(database__name="orders", server__started_at="2026-10-01T00:00:00Z")
    assert "several servers" in refused(json.dumps(one) + json.dumps(other))


def test_of_a_database_that_comes_twice_the_later_counts_and_the_age_is_that_of_the_oldest() -> None:
    old = document(at="2026-11-01T08:00:00Z", database__encoding="SQL_ASCII")
    new = document(at="2026-11-03T08:00:00Z")
    other = document(at="2026-11-02T08:00:00Z", database__name="orders")
    found = read("\n".join(map(json.dumps, (new, old, other))), source="script", name="sent")
    assert [(one.name, one.encoding) for one in found.databases] == [("orders", "UTF8"), ("postgres", "UTF8")]
    assert f"{found.at:%Y-%m-%d}" == "2026-11-02"


def test_names_of_somebody_else_s_database_cannot_draw_on_the_terminal() -> None:
    found = said(database__collated={"count": 1, "listed": [{"table": "public.\x1b[2Jx", "columns": "a\nb"}]})
    assert found.databases[0].collated.listed[0].table == "public.?[2Jx"
    assert found.databases[0].collated.listed[0].columns == "a?b"


def test_what_is_kept_is_read_again_and_a_changed_file_is_refused() -> None:
    found = said()
    text = found.model_dump_json()
    assert load(text, name="readiness.json") == found
    with pytest.raises(InputError, match=r"readiness\.json cannot be used"):
        load(text.replace('"wal_level":"logical"', '"wal_level":null'), name="readiness.json")
