"""No answer breaks out of HTML, HCL, YAML, JSON or a shell line: what differs is text, and it says just what was given."""

from __future__ import annotations

import json
import shlex
from functools import cache
from html.parser import HTMLParser
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from generators.handoff import cloudformation, tofu
from generators.handoff.commands import by_hand, taken_back
from generators.handoff.page import page
from tests.generators.handoff_hostile import poisoned
from tests.generators.handoffs import SITE, cover, private_steps, public_steps
from tests.generators.strategies import HOSTILE
from wizard.handoff.model import Step

FOR_PAGES = (
    "</code><script>alert(1)</script>",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)",
    "<!-- ",
    "</style><style>*{display:none}",
    "javascript:alert(1)",
    "&lt;b&gt;",
    "]]>",
    "- !!python/object:os.system\n",
    '": *anchor\n&anchor x: "',
    "\u0085\u2029\x7f",
)

hostile = st.one_of(st.sampled_from((*HOSTILE, *FOR_PAGES)), st.text(max_size=60))
some = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class _Structure(HTMLParser):
    """Elements with their attributes, and the text of elements that hold a value."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.values: list[str] = []
        self._inside: list[bool] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A tick's name is a digest of its step's values.
        self.elements.append((tag, tuple(pair for pair in attrs if pair[0] != "data-tick")))
        if any(name == "data-value" for name, _ in attrs):
            self.values.append("")
            self._inside.append(True)
        elif tag in {"code", "pre"}:
            self._inside.append(False)

    def handle_endtag(self, tag: str) -> None:
        self.elements.append((f"/{tag}", ()))
        if tag in {"code", "pre"}:
            self._inside.pop()

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", ()))

    def handle_decl(self, decl: str) -> None:
        self.elements.append((decl, ()))

    def handle_data(self, data: str) -> None:
        if self._inside and self._inside[-1]:
            self.values[-1] += data


@given(hostile)
@some
def test_a_page_has_the_same_elements_whatever_its_values_say(text: str) -> None:
    for steps in (private_steps(), public_steps()):
        plain = _Structure(page(poisoned(steps, "x"), cover()).decode())
        made = _Structure(page(poisoned(steps, text), cover()).decode())
        assert made.elements == plain.elements
        for step in poisoned(steps, text):
            for _, value in step.values:
                assert value in made.values


@given(hostile)
@some
def test_a_hostile_deployments_name_is_text_too(text: str) -> None:
    plain = _Structure(page(private_steps(), cover(deployment="x", version="x", operator_account="x")).decode())
    made = _Structure(page(private_steps(), cover(deployment=text, version=text, operator_account=text)).decode())
    assert made.elements == plain.elements


@given(hostile)
@some
def test_the_code_of_opentofu_is_the_same_for_all_values(text: str) -> None:
    plain, made = (tofu.files(poisoned(private_steps(), word), SITE, word) for word in ("x", text))
    values = json.loads(made.pop("terraform.tfvars.json"))
    del plain["terraform.tfvars.json"]
    assert made == plain
    assert values["deployment"] == text
    assert values["peerings"]["database"]["id"] == f"{text}database"
    assert values["routes"]["database"]["destination"] == f"{text}database"
    assert values["zones"]["application.web"]["zone_id"] == f"{text}application.web"


@cache
def _plain_template() -> tuple[list[str], Any]:
    files = cloudformation.files(poisoned(private_steps(), "x"), SITE, "x")
    return sorted(files), YAML(typ="rt").load(files["database.yaml"].decode())


@given(hostile)
@settings(some, max_examples=20)
def test_a_template_says_just_what_was_given(text: str) -> None:
    names, expected = _plain_template()
    made = cloudformation.files(poisoned(private_steps(), text), SITE, text)
    assert sorted(made) == names
    read = YAML(typ="rt").load(made["database.yaml"].decode())
    assert list(read["Resources"]) == list(expected["Resources"])
    assert list(read["Parameters"]) == list(expected["Parameters"])
    assert read["Parameters"]["Peering"]["Default"] == f"{text}database"
    assert read["Resources"]["DatabaseRule"]["Properties"]["CidrIp"] == f"{text}database"
    assert read["Resources"]["DatabaseRule"]["Properties"]["Description"] == f"planewright {text}"


@given(hostile)
@some
def test_a_shell_reads_each_line_as_one_command_with_the_given_words(text: str) -> None:
    for marked, step in zip(poisoned(private_steps(), _MARK), poisoned(private_steps(), text), strict=True):
        if step.site is None or hasattr(step.target, "sql"):
            continue  # people's steps, and SQL
        for harmless, line in zip(_lines(marked), _lines(step), strict=True):
            assert shlex.split(line) == [word.replace(_MARK, text) for word in shlex.split(harmless)]


_MARK = "MARK"


def _lines(step: Step) -> tuple[str, ...]:
    return (*by_hand(step), *taken_back(step))
