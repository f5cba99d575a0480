"""The page in a real browser: what it asks for, what it keeps, how it looks on a phone and on paper.

Chromium does it where one is on PATH; elsewhere these say so and are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from generators.handoff.page import page
from tests.generators.handoff_hostile import poisoned
from tests.generators.handoffs import cover, private_steps
from tests.tools.browser import Browser, chromium

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="no chromium on PATH"),
    pytest.mark.xdist_group("browser"),  # one browser for all
]

TICK = "document.querySelectorAll('input[data-tick]')"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Browser:
    """The example's page, opened from its file."""
    path = tmp_path / "handoff.html"
    path.write_bytes(page(private_steps(), cover()))
    browser.look(width=1000)
    browser.open(path)
    browser.run("localStorage.clear()")  # what another test ticked
    browser.open(path)
    return browser


def counted(browser: Browser) -> Any:
    return browser.run("document.getElementById('count').textContent")


def test_nothing_is_asked_of_any_network_and_the_page_breaks_none_of_its_own_rules(shown: Browser) -> None:
    assert [url for url in shown.requested() if not url.startswith(("file:", "data:"))] == []
    assert shown.complaints() == ()
    # The rules hold: what is not the page's own is refused.
    shown.run(
        "document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.foreign = 1'}))"
    )
    assert shown.run("window.foreign") is None
    assert shown.run("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')") == "refused"
    assert any("Content Security Policy" in said for said in shown.complaints())


def test_ticks_are_kept_when_the_page_is_opened_again(shown: Browser, tmp_path: Path) -> None:
    total = shown.run(f"{TICK}.length")
    assert counted(shown) == f"0 of {total} done"
    shown.run(f"{TICK}[0].click(); {TICK}[2].click()")
    assert counted(shown) == f"2 of {total} done"
    shown.open(tmp_path / "handoff.html")
    assert shown.run(f"Array.from({TICK}).slice(0, 4).map((tick) => tick.checked)") == [True, False, True, False]
    assert shown.run("getComputedStyle(document.querySelector('.ticked')).display") != "none"

    shown.run("window.confirm = () => true; document.getElementById('clear').click()")
    shown.open(tmp_path / "handoff.html")
    assert counted(shown) == f"0 of {total} done"


def test_another_deployments_page_has_ticks_of_its_own(shown: Browser, tmp_path: Path) -> None:
    shown.run(f"{TICK}[0].click()")
    other = tmp_path / "other.html"
    other.write_bytes(page(private_steps(), cover(deployment="other")))
    shown.open(other)
    assert str(counted(shown)).startswith("0 of ")


def test_a_copy_button_copies_the_value_beside_it(shown: Browser) -> None:
    shown.run("navigator.clipboard.writeText = async (text) => { window.taken = text; }")
    value = "document.querySelector('#step-1 dd')"
    shown.run(f"{value}.querySelector('button').click()")
    assert shown.run("window.taken") == "pcx-0123456789abcdef0"
    assert shown.run(f"{value}.querySelector('button').textContent") == "Copied"


def test_without_a_clipboard_the_value_is_copied_as_a_selection(shown: Browser) -> None:
    shown.run("navigator.clipboard.writeText = async () => { throw new Error('not allowed'); }")
    shown.run("document.querySelector('#step-1 .line button').click()")
    assert shown.run("window.getSelection().toString()").startswith("aws ec2 accept-vpc-peering-connection")


def test_a_request_says_how_long_it_can_still_be_accepted(browser: Browser, tmp_path: Path) -> None:
    left = {
        "pcx-0123456789abcdef0": datetime.now(UTC) + timedelta(days=6, hours=1),
        "pcx-0123456789abcdef1": datetime.now(UTC) - timedelta(hours=1),
    }
    path = tmp_path / "handoff.html"
    path.write_bytes(page(private_steps(), cover(expires=left)))
    browser.open(path)
    told = browser.run("Array.from(document.querySelectorAll('time.until + strong'), (told) => told.textContent)")
    assert told == ["6 days left", "expired: ask the operator for a new request"]


@pytest.mark.parametrize("width", [390, 320, 768, 1280])
def test_nothing_is_wider_than_the_screen(shown: Browser, width: int) -> None:
    shown.look(width=width)
    wide = """Array.from(document.querySelectorAll('body *'))
        .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1).map((one) => one.outerHTML.slice(0, 80))"""
    assert shown.run(wide) == []
    assert shown.run("document.documentElement.scrollWidth <= window.innerWidth")


def test_buttons_and_ticks_are_large_enough_for_a_thumb(shown: Browser) -> None:
    shown.look(width=390)
    small = """Array.from(document.querySelectorAll('button, label.title, summary'))
        .filter((one) => one.getBoundingClientRect().height < 22).map((one) => one.outerHTML.slice(0, 80))"""
    assert shown.run(small) == []


@pytest.mark.parametrize("dark", [False, True])
def test_text_is_readable_on_light_and_on_dark(shown: Browser, dark: bool) -> None:
    """4.5 to 1 is WCAG's AA for text of this size."""
    shown.look(width=1000, dark=dark)
    contrasts = """(() => {
      const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
      const light = (text) => rgb(text).slice(0, 3).map((c) => c / 255)
        .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
      const under = (one) => {
        for (; one; one = one.parentElement) {
          const paper = getComputedStyle(one).backgroundColor;
          if ((rgb(paper)[3] ?? 1) > 0) return paper;
        }
      };
      return Array.from(document.querySelectorAll('h1, h2, p, dt, dd code, pre, button, a, summary, footer, .title')).map((one) => {
        const [a, b] = [light(getComputedStyle(one).color), light(under(one))].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
      });
    })()"""
    found = shown.run(contrasts)
    assert len(found) > 50
    assert min(found) >= 4.5
    assert (shown.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)") is not dark


def test_on_paper_everything_is_open_and_no_button_is_left(shown: Browser) -> None:
    shown.look(width=1000, media="print", dark=True)
    assert shown.run("Array.from(document.querySelectorAll('button, .bar')).every((one) => one.offsetParent === null)")
    assert shown.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    shown.run("window.dispatchEvent(new Event('beforeprint'))")
    assert shown.run("document.querySelectorAll('details:not([open])').length") == 0
    shown.run("window.dispatchEvent(new Event('afterprint'))")
    assert shown.run("document.querySelectorAll('details[open]').length") == 0
    assert shown.paper().startswith(b"%PDF")


@pytest.mark.parametrize(
    "text",
    [
        "</pre><img src=x onerror=window.hit=1>",
        "</code><script>window.hit=1</script>",
        '" onfocus="window.hit=1" autofocus x="',
    ],
)
def test_a_hostile_value_is_text_to_the_browser_too(browser: Browser, tmp_path: Path, text: str) -> None:
    path = tmp_path / "handoff.html"
    path.write_bytes(page(poisoned(private_steps(), text), cover(deployment=text)))
    browser.open(path)
    assert browser.run("window.hit") is None
    assert browser.run("document.querySelectorAll('img').length") == 0
    assert browser.run("document.querySelectorAll('script').length") == 1
    assert browser.run("document.querySelector('#step-1 dd code').textContent") == f"{text}database"
