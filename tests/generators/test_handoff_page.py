"""The page says every step with its exact values, and fetches nothing."""

from __future__ import annotations

import base64
import hashlib
import re

from generators.handoff.page import page
from tests.generators.handoffs import cover, private_steps, public_steps, shared_vpc_steps
from wizard.handoff.model import Step


def made(steps: tuple[Step, ...], **changes: object) -> str:
    return page(steps, cover(**changes)).decode()


def ticks(text: str) -> list[str]:
    return re.findall(r'data-tick="([0-9a-f]+)"', text)


def test_every_step_has_a_tick_of_its_own() -> None:
    for steps in (private_steps(), public_steps(), shared_vpc_steps()):
        found = ticks(made(steps))
        assert len(found) == len(set(found)) == len(steps)


def test_a_peering_that_was_requested_anew_is_not_ticked_off_yet() -> None:
    before = ticks(made(private_steps()))
    outputs = re.sub(r"pcx-0123456789abcdef0", "pcx-0fedcba9876543210", "pcx-0123456789abcdef0")
    steps = tuple(
        step
        if "pcx-0123456789abcdef0" not in dict(step.values).values()
        else Step(step.key, step.act, step.site, step.title, step.why, (("peering", outputs),), step.target)
        for step in private_steps()
    )
    changed = [now != then for now, then in zip(ticks(made(steps)), before, strict=True)]
    assert any(changed)
    assert not all(changed)


def test_the_content_policy_allows_the_pages_own_style_and_script_and_nothing_else() -> None:
    text = made(private_steps())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    said = policy[1].replace("&#39;", "'")
    for kind in ("style", "script"):
        inside = re.search(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        assert inside
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in said
    assert "default-src 'none'" in said
    assert "unsafe" not in said
    # Nothing is named that would have to be fetched.
    assert not re.search(r"(?:src|href)=[\"'](?!#|data:,)", text)
    assert "url(" not in text
    assert "http" not in re.sub(r"http-equiv", "", text)


def test_a_step_that_comes_later_leads_to_the_one_before_it() -> None:
    text = made(private_steps())
    routes = text[text.index("Route every subnet") :]
    assert 'Comes after <a href="#step-1">step 1</a>' in routes[:600]


def test_a_request_that_was_seen_says_until_when_it_can_be_accepted() -> None:
    text = made(private_steps())
    assert '<time class="until" datetime="2026-11-28T11:30:00+00:00">2026-11-28 11:30 UTC</time>' in text
    assert "<code>pcx-0123456789abcdef1</code>: the AWS console shows until when" in text


def test_the_public_topology_speaks_of_no_peering_and_no_account() -> None:
    text = made(public_steps(), expires={}, policies={})
    assert "seven days" not in text
    assert "Account " not in text
    assert "198.51.100.10/32" in text


def test_each_way_says_which_steps_it_does_not_do() -> None:
    text = made(private_steps())
    table = re.findall(r"<tr><td>\d+\. <bdi>(.*?)</bdi></td>(.*?)</tr>", text)
    done = {title: re.findall(r'data-way="([^"]+)">✓', cells) for title, cells in table}
    assert done["Accept the peering to the database&#39;s VPC"] == ["AWS CLI script", "OpenTofu"]
    assert done["Route every subnet of the database to the transit VPC, over the peering"] == [
        "AWS CLI script",
        "OpenTofu",
        "CloudFormation",
    ]
    assert done["Switch logical replication on"] == ["AWS CLI script"]


def test_a_page_names_no_way_whose_files_do_not_go_with_it() -> None:
    alone = made(private_steps(), ways=frozenset())
    assert "Ways to do it" not in alone
    assert "handoff.sh" not in alone
    assert "What these steps may do" in alone
    some = made(private_steps(), ways=frozenset({"tofu"}))
    assert re.findall(r'data-way="([^"]+)"', some)
    assert set(re.findall(r'data-way="([^"]+)"', some)) == {"OpenTofu"}


def test_the_restart_has_a_line_of_its_own_for_the_agreed_time() -> None:
    text = made(private_steps())
    assert "sh 222222222222-us-east-1/handoff.sh --apply --only database.reboot" in text


def test_what_cannot_be_taken_back_says_so_in_words() -> None:
    text = made(private_steps())
    # The two accepted peerings, the parameters and the restart.
    assert text.count("⚠ Cannot be taken back as it was") == sum(not step.reversible for step in private_steps()) == 4


def test_the_policies_stand_on_the_page_as_they_are() -> None:
    text = made(private_steps())
    for name in ("read", "do", "undo"):
        assert f"<summary>{name}: " in text
    assert "&#34;2012-10-17&#34;" in text
    assert "<code>do</code> and <code>undo</code> are each attached together with <code>read</code>" in text
