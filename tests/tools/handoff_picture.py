"""The pictures of docs/handoff.md: the customer's page of the private example, as Chromium shows it.

`python -m tests.tools.handoff_picture` writes them anew.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from generators.handoff.bundle import PAGE, Format, bundle
from tests.generators.handoffs import cover, private_steps
from tests.tools.browser import Browser, chromium

DOCS = Path(__file__).parents[2] / "docs"
#: File, width and height in pixels, and whether on dark.
VIEWS = (("handoff.png", 1000, 1150, False), ("handoff-phone.png", 390, 844, True))


def main() -> int:
    """Take the pictures."""
    if chromium() is None:
        print("no chromium on PATH", file=sys.stderr)
        return 1
    # The countdown depends on the day: without it the same page gives the same picture.
    files = bundle(private_steps(), replace(cover(), expires={}, policies={}), frozenset(Format))
    with tempfile.TemporaryDirectory() as name, Browser(Path(name) / "profile") as browser:
        page = Path(name) / PAGE
        page.write_bytes(files[PAGE])
        for file, width, height, dark in VIEWS:
            browser.look(width=width, height=height, dark=dark)
            browser.open(page)
            browser.run(
                "document.querySelectorAll('input[data-tick]')[0].checked || document.querySelectorAll('input[data-tick]')[0].click()"
            )
            if width < 600:
                browser.run("document.getElementById('step-4').scrollIntoView(); window.scrollBy(0, -100)")
            (DOCS / file).write_bytes(browser.picture())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
