"""Presenter mode: a screen that is shared shows no account number, address or name. Pure.

The same value always gets the same mask, so that one can still follow what goes where: `account-A` peers with
`account-B`, `net-A/16` overlaps `net-C/20`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from ipaddress import IPv6Address
from threading import Lock
from typing import Any

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_LABEL = r"_?[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#: Last labels by which a dotted word is known as a host's name and not as an answer's key, a file or an instance type.
_SUFFIXES = (
    "com|net|org|io|dev|cloud|app|co|biz|info|gov|edu|mil|int|arpa|internal|local|localdomain|corp|lan|home|intra|private"
    "|ac|ae|at|au|be|br|ca|ch|cn|cz|de|dk|es|eu|fi|fr|gr|hu|ie|il|in|it|jp|kr|mx|nl|no|nz|pt|ro|ru|se|sg|sk|tr|tw|uk|us|za"
    "|tech|bank|company|systems|online|health|finance|example|test|invalid"
)
#: Things of AWS whose ids are somebody's: `vpc-0a1b2c3d4e5f60718`. What a catalogue has for all (`ami-…`) is not.
_THINGS = (
    "vpc|subnet|i|eni|pcx|vpce|vpce-svc|rtb|rtbassoc|sg|sgr|nat|igw|eipalloc|eipassoc|vol|snap|acl|dopt|tgw|tgw-attach|lt"
    "|fs|db|cluster|mi|r|fl|vgw|cgw|vpn|lb|pl|key"
)
_HEX = "[0-9A-Fa-f]"
#: What is masked by its form, in the order in which it is looked for: an ARN holds an account, a name, a region.
_FORMS = (
    ("arn", re.compile(r"\barn:aws[a-z-]*:[^\s\"'`,;<>()\[\]{}\\]+")),
    ("person", re.compile(r"(?<![\w.+-])[\w.+-]+@[A-Za-z0-9](?:[\w.-]*\w)?")),
    ("thing", re.compile(rf"(?<![\w-])(?P<kind>{_THINGS})-(?P<value>{_HEX}{{17}}|{_HEX}{{8}})(?!\w)")),
    ("thing", re.compile(r"(?<!\w)(?P<kind>A(?:KIA|SIA|IDA|ROA|GPA))(?P<value>[A-Z0-9]{16,})(?!\w)")),
    # The last part of a UUID may have twelve digits, too.
    (
        "account",
        re.compile(
            rf"(?<![0-9A-Za-z])(?<!\d\.)(?<!-{_HEX}{{4}}-)(?:\d{{12}}|\d{{4}}-\d{{4}}-\d{{4}})(?![0-9A-Za-z]|\.\d|-\d)"
        ),
    ),
    (
        "net",
        re.compile(rf"(?<![\w.])(?P<value>{_OCTET}(?:\.{_OCTET}){{3}})(?P<kept>/(?:3[0-2]|[12]?\d))(?![\w.]\d|\w)"),
    ),
    ("host", re.compile(rf"(?<![\w.-])ip-\d{{1,3}}(?:-\d{{1,3}}){{3}}(?:\.{_LABEL})*(?![\w-])")),
    ("address", re.compile(rf"(?<![\w.])(?P<value>{_OCTET}(?:\.{_OCTET}){{3}})(?!\.?\w)")),
    ("host", re.compile(rf"(?<![\w.@-])(?:{_LABEL}\.)+(?:{_SUFFIXES})(?![\w-]|\.\w)", re.IGNORECASE)),
    ("person", re.compile(r"(?<![\w.])(?P<before>/(?:home|Users)/)(?P<value>[^/\s\"':,;)]+)")),
)
#: What may be an IPv6 address or block; a time of day has this form, too.
_COLONS = re.compile(
    rf"(?<![\w:.])(?P<value>(?:{_HEX}{{0,4}}:){{2,7}}{_HEX}{{0,4}})(?P<kept>/(?:12[0-8]|1[01]\d|\d{{1,2}}))?(?![\w:])"
)
#: Words that are everybody's: to mask them would hide what a text says, and nobody's name.
_EVERYBODYS = frozenset({"postgres", "springtail", "root", "admin", "user", "default", "system", "public", "private"})


class Mask:
    """Masks texts. What has no form of its own (an object's name) it has to be told of, by `learn`."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._names: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        self._lock = Lock()

    def learn(self, kind: str, values: Iterable[str]) -> None:
        """Mask these very words from now on, as words of that kind (`deployment`, `host`), however they are written."""
        known = len(self._names)
        for value in values:
            if len(value) >= 2 and value.lower() not in _EVERYBODYS:
                self._names.setdefault(value.lower(), kind)
        if len(self._names) != known:
            longest_first = sorted(self._names, key=len, reverse=True)
            # Within AWS names they stand between hyphens: planewright-acme-prod-nlb
            self._pattern = re.compile(
                rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z0-9])", re.IGNORECASE
            )

    def text(self, text: str) -> str:
        """Give the text with everything masked that tells whose it is."""
        for kind, pattern in _FORMS:
            text = pattern.sub(partial(self._form, kind), text)
        if ":" in text:
            text = _COLONS.sub(self._colons, text)
        if self._pattern is not None:
            text = self._pattern.sub(lambda found: self._of(self._names[found[0].lower()], found[0].lower()), text)
        return text

    def _form(self, kind: str, found: re.Match[str]) -> str:
        groups = found.groupdict()
        value = groups.get("value") or found[0]
        masked = self._of(groups.get("kind") or kind, value.lower() if kind == "host" else value)
        return (groups.get("before") or "") + masked + (groups.get("kept") or "")

    def _colons(self, found: re.Match[str]) -> str:
        try:
            IPv6Address(found["value"])
        except ValueError:
            return found[0]
        kept = found["kept"] or ""
        return self._of("net" if kept else "address", found["value"]) + kept

    def _of(self, kind: str, value: str) -> str:
        if (kind, value) not in self._given:
            with self._lock:  # a search masks in a thread of its own
                if (kind, value) not in self._given:
                    number = self._counts.get(kind, 0)
                    self._counts[kind] = number + 1
                    self._given[kind, value] = f"{kind}-{_letters(number)}"
        return self._given[kind, value]


def telling(answers: Mapping[str, Any]) -> dict[str, str]:
    """Give the words of an object's answers that tell whose it is and that no form gives away, each with its kind."""
    found: dict[str, str] = {}
    for key, value in _texts(answers, ""):
        head, last = key.partition(".")[0], key.rpartition(".")[2]
        if last == "host":
            found[value] = "host"
        elif head == "identifiers":
            found.setdefault(value, "customer")
        elif head == "tags":
            found.setdefault(value, "label")
        elif last in {"bucket", "profile"}:
            found[value] = last
        elif key == "applications.name":
            found[value] = "application"
        elif key in {"database.name", "database.user"} or (head == "database" and last == "databases"):
            found.setdefault(value, "database" if last != "user" else "person")
    return found


def _texts(value: Any, key: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, key)


def _letters(number: int) -> str:
    """Count A … Z, AA, AB …."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
