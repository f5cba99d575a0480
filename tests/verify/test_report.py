"""Reports: proven apart from not proven, worst first, redacted; golden files hold their form.

After a wanted change: PLANEWRIGHT_UPDATE_GOLDEN=1 pytest tests/verify/test_report.py, and read the difference.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.verify.world import ANSWER, NOW, FakeReads, a_peering, hop, look, look_at_shard
from wizard.redact import Redactor
from wizard.verify.hops import HopState, Verification
from wizard.verify.plain import details, line, totals
from wizard.verify.report import REHEARSED, Facts, RunFact, to_json, to_markdown

GOLDEN = Path(__file__).parent / "golden"

FACTS = Facts(
    answers_digest="sha256:aaaa",
    engine="OpenTofu 1.10.5",
    provider="5.100.0",
    state_bucket="planewright-state-111111111111-us-east-1",
    runs=(RunFact("instance", "20260301T115500Z-apply", "succeeded", "sha256:bbbb"),),
    seeded={"sk/acme/main/aws/dbi/1001/primary_db_password": True, "redis/password/us-east-1/use1-a/1001": False},
    drift=("aws_security_group.proxy: a rule was added",),
    not_proven=("that the proxy serves reads from an FDW node",),
)


def settled(verification: Verification) -> Verification:
    """The same with times that no machine's speed decides."""
    hops = tuple(replace(one, seconds=0.5) for one in verification.hops)
    return replace(verification, hops=hops, ended_at=NOW + timedelta(seconds=42), versions={
        **verification.versions, "planewright": "0.1.0"})  # fmt: skip


def well() -> Verification:
    return settled(look(FakeReads()))


def waiting_in_rehearsal() -> Verification:
    simulated = {"found": True, "problem": "", "marker": {"version": 1, "simulated": True}}
    reads = FakeReads(
        peerings={
            "pcx-db": a_peering("pcx-db", "pending-acceptance", expires_at=NOW + timedelta(days=7)),
            "pcx-web": a_peering("pcx-web", "rejected", message="no thank you"),
        },
        said={**FakeReads().said, "marker": simulated, "tcp": {"outcome": "timed_out", "address": "10.64.0.20"}},
    )
    return settled(look(reads, endpoint="http://127.0.0.1:5000"))


@pytest.mark.parametrize(
    ("name", "verification"),
    [
        ("private-well", well()),
        ("private-waiting-rehearsed", waiting_in_rehearsal()),
        ("public-well", settled(look(FakeReads(), "public"))),
        ("shard-well", settled(look_at_shard(FakeReads()))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_reports_are_as_the_golden_files(name: str, verification: Verification) -> None:
    facts = FACTS if name == "private-well" else None
    for suffix, text in (("md", to_markdown(verification, facts)), ("json", to_json(verification, facts))):
        path = GOLDEN / f"{name}.{suffix}"
        if os.environ.get("PLANEWRIGHT_UPDATE_GOLDEN"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{path.name} differs"


def test_what_is_not_proven_never_stands_under_proven() -> None:
    verification = waiting_in_rehearsal()

    open_part, proven_part = to_markdown(verification).split("## Proven")

    for one in verification.hops:
        heading = f"{one.state.symbol} {one.state.word}"
        assert heading in (proven_part if one.state is HopState.PASSED else open_part)
    assert "✓" not in open_part.split("## Not proven")[1]
    assert not [symbol for symbol in ("### ✗", "### …", "### ?", "### ~") if symbol in proven_part]


def test_a_report_from_a_stand_in_says_so_at_the_top_and_one_from_aws_does_not() -> None:
    assert REHEARSED in to_markdown(waiting_in_rehearsal()).splitlines()[2]
    assert json.loads(to_json(waiting_in_rehearsal()))["rehearsal"] is True
    assert REHEARSED not in to_markdown(well())
    assert json.loads(to_json(well()))["rehearsal"] is False


def test_psqls_own_answer_stands_in_the_report() -> None:
    assert "psql: PostgreSQL 15.18 on x86_64-pc-linux-gnu" in to_markdown(well())
    assert "TLSv1.3, TLS_AES_256_GCM_SHA384" in to_json(well())


@pytest.mark.parametrize(
    ("reads", "verdict"),
    [
        ({}, "every hop that can be seen from here has passed"),
        ({"zone": ()}, "failed at “The proxy's name points at the endpoint”"),
        ({"peerings": {name: a_peering(name, "pending-acceptance") for name in ("pcx-db", "pcx-web")}},
         "waiting on the customer"),
    ],
)  # fmt: skip
def test_the_first_line_gives_the_verdict(reads: dict[str, Any], verdict: str) -> None:
    first = to_markdown(look(FakeReads(**reads))).splitlines()[0]

    assert first == f"# Verification of acme-prod: {verdict}"


def test_whatever_looks_like_a_secret_or_is_known_as_one_is_masked_in_both_forms() -> None:
    redactor = Redactor()
    redactor.learn('hunter"2 hunter')
    said = {"step": "psql", "exit": 2, "problem": 'FATAL: password=topsecretvalue and hunter"2 hunter'}
    verification = look(FakeReads(said={**FakeReads().said, "psql": said}))

    for text in (to_markdown(verification, None, redactor), to_json(verification, None, redactor)):
        assert "topsecretvalue" not in text
        assert "hunter" not in text
        assert "«redacted»" in text


def test_other_peoples_text_is_no_markup() -> None:
    told = {**ANSWER, "server": "PostgreSQL ```\n# Verified\n```"}
    reads = FakeReads(
        peerings={"pcx-db": a_peering("pcx-db", "rejected", message="<img src=x> **all is well**")},
        said={**FakeReads().said, "psql": {"step": "done", "answer": told}},
    )

    text = to_markdown(look(reads))

    outside, inside = "", False
    fence = ""
    for row in text.splitlines():
        if not inside and row.startswith("```"):
            inside, fence = True, row.removesuffix("text")
        elif inside and row == fence:
            inside = False
        elif not inside:
            outside += row + "\n"
    assert not inside
    assert "# Verified\n" not in outside
    assert "<img" not in outside


def test_a_hop_is_one_line_with_a_symbol_and_a_word() -> None:
    verification = waiting_in_rehearsal()

    assert line(hop(verification, "volumes")) == (
        "✓ passed  Volumes are attached to ingestion and encrypted (3 volumes of ingestion)"
    )
    assert line(hop(verification, "peering.database")).startswith(
        "… waiting on the customer  The customer has accepted the peering (pcx-db to vpc-0a1b2c3d4e5f60718 of 2222"
    )
    assert line(hop(verification, "node.fdw-0.boot")).startswith("~ not provable in rehearsal  ")
    assert details(hop(verification, "peering.database"))[-1].startswith("remedy: the owner of ")
    assert totals(verification).startswith(f"{len(verification.proven)} of {len(verification.hops)} hops proven: ")


@pytest.mark.parametrize("state", list(HopState))
def test_every_state_has_a_symbol_and_a_word_of_its_own(state: HopState) -> None:
    others = [other for other in HopState if other is not state]

    assert state.symbol not in {other.symbol for other in others}
    assert state.word not in {other.word for other in others}


def test_calls_that_aws_turned_away_are_told_in_both_reports() -> None:
    facts = replace(FACTS, throttled="AWS limited the rate of calls; they were made again: DescribeVpcs 2 ×")

    assert "- AWS limited the rate of calls; they were made again: DescribeVpcs 2 ×" in to_markdown(well(), facts)
    assert json.loads(to_json(well(), facts))["facts"]["throttled"] == facts.throttled
    assert "limited" not in to_markdown(well(), FACTS)
