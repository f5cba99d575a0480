"""The customer's answer to our commands, as somebody pasted it: either or several, in any order, with whatever is around it. Pure.

A chat breaks lines and turns quotes; a terminal puts its prompt in front. What is kept is what `reading` takes, nothing else
of the text, and no error repeats any of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Final

from wizard.errors import AwsError, InputError
from wizard.facts.database import RdsFact
from wizard.verify.customer import reading
from wizard.verify.customer.model import Acl, Interface, RouteTable, Rule
from wizard.verify.customer.reads import CustomerReads, Look

if TYPE_CHECKING:
    from wizard.aws.reads import PeeringFact

#: Characters. The tables and rules of a large VPC are some hundred thousand.
LARGEST: Final = 8_000_000

_LISTS: Final = {
    "RouteTables": "RouteTableId",
    "SecurityGroupRules": "SecurityGroupRuleId",
    "SecurityGroups": "GroupId",
    "NetworkAcls": "NetworkAclId",
    "NetworkInterfaces": "NetworkInterfaceId",
}
#: Brackets that may begin no JSON: of prompts and of words around it.
_MISSES: Final = 500
_QUOTES: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "\u00a0": " ", "\u200b": "", "\ufeff": ""})
#: A line that was broken within a word, and the spaces that the next one begins with.
_BROKEN: Final = re.compile(r"\s*[\r\n]+\s*")
_REFUSED: Final = re.compile(r"An error occurred \((\w{1,64})\) when calling the (\w{1,64}) operation")
_ACTION: Final = "paste what the commands printed, as JSON and whole; `planewright verify` names them where it fails"


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was pasted. None is what was not. `groups` are those whose rules were pasted, the ones without an inbound rule too."""

    tables: tuple[RouteTable, ...] | None = None
    rules: tuple[Rule, ...] | None = None
    acls: tuple[Acl, ...] | None = None
    interfaces: tuple[Interface, ...] | None = None
    groups: tuple[str, ...] = ()

    @property
    def tells(self) -> frozenset[Look]:
        """What can be judged by it."""
        found = {Look.ROUTES: self.tables, Look.RULES: self.rules, Look.ACLS: self.acls}
        return frozenset(look for look, value in found.items() if value is not None)


def read_pasted(text: str, *, vpc_id: str) -> Pasted:
    """Read what was pasted. InputError says what is wrong: nothing of ours in it, another VPC's, cut off, an error of AWS's."""
    if len(text) > LARGEST:
        raise InputError(f"what was pasted is larger than {LARGEST // 1_000_000} MB", action=_ACTION)
    try:
        found = _found(text)
    except RecursionError:
        found = {}  # nothing of AWS's is nested so deep
    refused = _REFUSED.search(text)
    if not found:
        if refused:
            raise InputError(
                "what was pasted is an error of AWS's, not an answer",
                cause=f"{refused[2]} ended with {refused[1]}",
                action="the customer runs it with the handoff's read.json, in the account and region of the VPC",
            )
        raise InputError("nothing that was asked for is in what was pasted", cause=_why(text), action=_ACTION)
    try:
        read = _read(found)
    except reading.Malformed as error:
        raise InputError(
            "what was pasted is not as AWS writes it", cause=f"{error} is of another form", action=_ACTION
        ) from None
    _require_vpc(read, vpc_id)
    if not read.tells:
        raise InputError(
            "what was pasted decides nothing by itself",
            cause="it tells of network interfaces alone",
            action=_ACTION,
        )
    return read


def _found(text: str) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for document in _documents(text.translate(_QUOTES)):
        for name, items in _lists(document):
            found.setdefault(name, []).extend(items)
    return found


def _documents(text: str) -> Iterator[Any]:
    """Give every JSON document in a text, passing over what is none. InputError for an answer that ends in its middle."""
    decoder, at, misses = json.JSONDecoder(strict=False), 0, 0
    end = len(text.rstrip())
    for start in re.finditer(r"[\[{]", text):
        if start.start() < at:
            continue
        try:
            value, at = decoder.raw_decode(text, start.start())
        except json.JSONDecodeError as error:
            rest = text[start.start() :]
            if (error.pos >= end or error.msg.startswith("Unterminated")) and any(name in rest for name in _LISTS):
                raise InputError("what was pasted is cut off", cause="a document has no end", action=_ACTION) from None
        except RecursionError:
            pass
        else:
            yield value
            continue
        misses += 1
        if misses > _MISSES:
            return


def _lists(value: Any) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Give the lists that we know, wherever they lie: by their key, or bare, by what their members have."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _LISTS and isinstance(inner, list):
                yield key, [_mended(one) for one in inner if isinstance(one, Mapping)]
            else:
                yield from _lists(inner)
    elif isinstance(value, list):
        bare = [one for one in value if isinstance(one, Mapping)]
        name = next((name for name, key in _LISTS.items() if bare and all(key in one for one in bare)), "")
        if name:
            yield name, [_mended(one) for one in bare]
        else:
            for inner in value:
                yield from _lists(inner)


def _mended(value: Any) -> Any:
    """Join the words that a line's end broke. Spaces are in nothing that is judged."""
    if isinstance(value, str):
        return _BROKEN.sub("", value)
    if isinstance(value, Mapping):
        return {_BROKEN.sub("", key): _mended(inner) for key, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list) else value


def _read(found: Mapping[str, list[Mapping[str, Any]]]) -> Pasted:
    def those(name: str) -> list[Mapping[str, Any]] | None:
        return found.get(name)

    tables, acls, interfaces = those("RouteTables"), those("NetworkAcls"), those("NetworkInterfaces")
    rules = [one for it in found.get("SecurityGroupRules", ()) if (one := reading.rule(it)) is not None]
    rules += [one for it in found.get("SecurityGroups", ()) for one in reading.rules_of_group(it)]
    told = "SecurityGroupRules" in found or "SecurityGroups" in found
    return Pasted(
        None if tables is None else _once(reading.route_table(it) for it in tables),
        _once(iter(rules)) if told else None,
        None if acls is None else _once(reading.acl(it) for it in acls),
        None if interfaces is None else _once(reading.interface(it) for it in interfaces),
        _once(reading.group(it) for name in ("SecurityGroupRules", "SecurityGroups") for it in found.get(name, ())),
    )


def _once(values: Iterator[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


def _require_vpc(read: Pasted, vpc_id: str) -> None:
    for what, told in (("route tables", read.tables), ("network ACLs", read.acls), ("interfaces", read.interfaces)):
        if told is None:
            continue
        if not told:
            raise InputError(
                f"no {what} are in what was pasted",
                cause=f"AWS found none in {vpc_id}: the command ran in another account or region",
                action=_ACTION,
            )
        others = sorted({one.vpc_id for one in told})
        if vpc_id not in others:
            raise InputError(
                f"the {what} that were pasted are of another VPC",
                cause=f"they are of {', '.join(others[:3])}, the database is in {vpc_id}",
                action=_ACTION,
            )


def _why(text: str) -> str:
    if not text.strip():
        return "it is empty"
    if not re.search(r"[\[{]", text):
        return "there is no JSON in it (the commands print it with --output json)"
    if not any(True for _ in _documents(text.translate(_QUOTES))):
        return "its JSON is broken"
    return "there are no RouteTables, SecurityGroupRules, SecurityGroups or NetworkAcls in its JSON"


class PastedReads:
    """`CustomerReads` out of what was pasted; what was not is asked of `behind`, where there is a role as well."""

    def __init__(self, pasted: Pasted, behind: CustomerReads | None = None) -> None:
        self._pasted = pasted
        self._behind = behind

    @property
    def tells(self) -> frozenset[Look]:
        """What was pasted, and what else the role shows."""
        return self._pasted.tells | (self._behind.tells if self._behind is not None else frozenset())

    def peering(self, peering_id: str) -> PeeringFact | None:
        """One peering, where there is a role."""
        return self._asked().peering(peering_id)

    def rds(self, host: str) -> RdsFact:
        """What RDS knows, where there is a role: otherwise nothing."""
        return self._behind.rds(host) if self._behind is not None else RdsFact(account="", match="none")

    def interfaces(self, vpc_id: str, addresses: Sequence[str]) -> tuple[Interface, ...]:
        """The interfaces that were pasted. Without them, the groups whose rules were pasted are the database's: we asked for these."""
        if self._pasted.interfaces is not None:
            return tuple(one for one in self._pasted.interfaces if set(one.addresses) & set(addresses))
        if self._behind is not None:
            return self._behind.interfaces(vpc_id, addresses)
        groups = self._pasted.groups
        return (Interface("", vpc_id, "", tuple(addresses), groups),) if groups else ()

    def route_tables(self, vpc_id: str) -> tuple[RouteTable, ...]:
        """Route tables."""
        return self._pasted.tables if self._pasted.tables is not None else self._asked().route_tables(vpc_id)

    def rules(self, group_ids: Sequence[str]) -> tuple[Rule, ...]:
        """Inbound rules."""
        return self._pasted.rules if self._pasted.rules is not None else self._asked().rules(group_ids)

    def prefix_lists(self, ids: Sequence[str]) -> dict[str, tuple[IPv4Network, ...]]:
        """What prefix lists hold, where there is a role."""
        return self._behind.prefix_lists(ids) if self._behind is not None else {}

    def acls(self, vpc_id: str) -> tuple[Acl, ...]:
        """Network ACLs."""
        return self._pasted.acls if self._pasted.acls is not None else self._asked().acls(vpc_id)

    def zones(self, vpc_id: str) -> tuple[str, ...]:
        """Private zones, where there is a role."""
        return self._asked().zones(vpc_id)

    def _asked(self) -> CustomerReads:
        if self._behind is None:
            raise AwsError("that was not pasted", action=_ACTION)
        return self._behind
