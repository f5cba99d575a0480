"""What an operator types finds what they mean, and is never answered with a crash."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sizing.machines import every_type, machine
from wizard.sizing.catalogue import FIGURES, FLAGS, Bound, Query, matches, parse, select
from wizard.sizing.nvme import nvme_gb

QUERIES = st.builds(
    Query,
    names=st.lists(st.from_regex(r"[a-z][0-9][a-z]{0,2}(\.[0-9]?x?large)?", fullmatch=True), max_size=3).map(tuple),
    architectures=st.lists(st.sampled_from(["arm64", "x86_64"]), unique=True).map(tuple),
    flags=st.lists(st.tuples(st.sampled_from(sorted(FLAGS)), st.booleans()), unique=True, max_size=4).map(tuple),
    bounds=st.lists(
        st.builds(
            Bound,
            figure=st.sampled_from(sorted(FIGURES)),
            operator=st.sampled_from([">=", "<=", ">", "<", "="]),
            number=st.one_of(st.integers(0, 999_999_999), st.integers(0, 10**6).map(lambda n: n / 1000)).map(float),
        ),
        max_size=3,
    ).map(tuple),
)


@given(query=QUERIES)
def test_a_query_written_out_is_read_as_itself(query: Query) -> None:
    parsed = parse(str(query))
    assert parsed.unclear == ()
    assert parsed.query == query


@settings(deadline=None)  # the first one reads the whole catalogue
@given(text=st.text(max_size=60))
def test_whatever_is_typed_each_term_is_understood_or_named(text: str) -> None:
    parsed = parse(text)
    understood = parsed.query
    terms = text.lower().replace(",", " ").split()
    for term in parsed.unclear:
        assert term.what
        assert term.term in terms
    if not parsed.unclear:
        read = (*understood.names, *understood.architectures, *understood.flags, *understood.bounds)
        assert bool(read) == bool(terms)
    select(every_type()[:50], understood)


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("mem>=", "expected a number after >="),
        ("mem>=lots", "expected a number"),
        ("cores>=4", "there is no figure cores: vcpu, mem"),
        ("!r6i", "only these can be denied: nvme"),
        ("größe", "part of a name"),
    ],
)
def test_half_a_term_is_named_and_the_others_still_count(text: str, about: str) -> None:
    parsed = parse(f"arm64 {text}")
    assert parsed.query == Query(architectures=("arm64",))
    assert [it.term for it in parsed.unclear] == [text]
    assert about in parsed.unclear[0].what


def test_terms_of_different_kinds_all_hold() -> None:
    found = select(every_type(), parse("arm64 nvme mem>=32 vcpu<=8 iops>=12000").query)
    assert found
    for it in found:
        assert "arm64" in it.architectures
        assert nvme_gb(it) > 0
        assert it.memory_mib >= 32 * 1024
        assert it.vcpu <= 8
        assert it.ebs is not None
        assert it.ebs.baseline_iops >= 12000


def test_names_and_architectures_are_any_of_them() -> None:
    found = {it.name for it in select(every_type(), parse("r6i. r7g.* x86 arm64").query)}
    assert {"r6i.large", "r7g.large"} <= found
    assert {name.partition(".")[0] for name in found} == {"r6i", "r7g"}


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("6i.x", "r6i.xlarge", True),
        ("r?i.large", "r6i.large", True),
        ("r?i", "r6i.large", False),
        ("graviton", "c6gn.medium", True),
        ("!nvme", "m3.medium", True),
        ("nvme", "m3.medium", False),
        ("!burstable", "t3.medium", False),
        ("mem=2", "c6gn.medium", True),
        ("mem>2", "c6gn.medium", False),
        ("burst>=40000", "c6gn.medium", True),
        ("mbps<=95", "c6gn.medium", True),
        ("volumes<4", "d3.8xlarge", True),
        ("iops>=0", "t2.micro", True),
        ("local>900", "i4i.xlarge", True),
        ("R6I.LARGE", "r6i.large", True),
        ("", "r6i.large", True),
    ],
)
def test_a_term_means_what_it_says(text: str, name: str, found: bool) -> None:
    parsed = parse(text)
    assert parsed.unclear == ()
    assert matches(machine(name), parsed.query) is found


def test_sizes_of_a_family_are_sorted_by_size_and_not_by_spelling() -> None:
    names = [it.name for it in select(every_type(), parse("r6i.").query)]
    assert names[:4] == ["r6i.large", "r6i.xlarge", "r6i.2xlarge", "r6i.4xlarge"]


@pytest.mark.parametrize("sort", sorted(FIGURES))
def test_a_figure_sorts_from_small_to_large(sort: str) -> None:
    figures = [FIGURES[sort](it) for it in select(every_type(), Query(), sort=sort)]
    assert figures == sorted(figures)
    assert len(figures) == len(every_type())
