"""A region's instance types, filtered by what an operator types and sorted.

    r6i                       names that hold this text; `r*i.*` as a pattern; several: any of them
    arm64 x86_64              architecture; several: any of them
    nvme burstable nitro metal current       has it; `!nvme`: has it not
    mem>=32 vcpu<=8 iops>12000 mbps>=500 burst>=40000 local>=900 volumes>=28
                              GiB, vCPUs, EBS baseline IOPS and MB/s, burst IOPS, GB of local NVMe, attachable volumes

Terms of different kinds must all hold.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType

from wizard.facts.compute import InstanceTypeFact
from wizard.sizing.nvme import nvme_gb

Figure = Callable[[InstanceTypeFact], float]

#: What can be compared and sorted by.
FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "vcpu": lambda it: it.vcpu,
        "mem": lambda it: it.memory_mib / 1024,
        "iops": lambda it: it.ebs.baseline_iops if it.ebs else 0,
        "burst": lambda it: it.ebs.maximum_iops if it.ebs else 0,
        "mbps": lambda it: it.ebs.baseline_mbps if it.ebs else 0,
        "local": nvme_gb,
        "volumes": lambda it: it.attachments,
    }
)
FLAGS: Mapping[str, Callable[[InstanceTypeFact], bool]] = MappingProxyType(
    {
        "nvme": lambda it: nvme_gb(it) > 0,
        "burstable": lambda it: it.burstable,
        "nitro": lambda it: it.nitro,
        "metal": lambda it: it.bare_metal,
        "current": lambda it: it.current_generation,
    }
)
#: What people type for an architecture.
ARCHITECTURES: Mapping[str, str] = MappingProxyType(
    {"arm64": "arm64", "aarch64": "arm64", "graviton": "arm64", "x86_64": "x86_64", "x86": "x86_64", "amd64": "x86_64"}
)
#: What else people type for a figure.
_ALIASES = {"memory": "mem", "ram": "mem", "gib": "mem", "vcpus": "vcpu", "cpu": "vcpu", "disk": "local"}
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq}
)
_COMPARISON = re.compile(r"([a-z]+)(>=|<=|=|>|<)(.*)")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
_NAME = re.compile(r"[a-z0-9*?.-]+")


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure compared with a number."""

    figure: str
    operator: str
    number: float

    def __str__(self) -> str:
        number = f"{self.number:.3f}".rstrip("0").rstrip(".")
        return f"{self.figure}{self.operator}{number}"


@dataclass(frozen=True, slots=True)
class Query:
    """What a type must be. Empty parts say nothing."""

    names: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()
    flags: tuple[tuple[str, bool], ...] = ()
    bounds: tuple[Bound, ...] = ()

    def __str__(self) -> str:
        flags = (name if wanted else f"!{name}" for name, wanted in self.flags)
        return " ".join((*self.names, *self.architectures, *flags, *map(str, self.bounds)))


@dataclass(frozen=True, slots=True)
class Unclear:
    """A term that cannot be read, and what would be right."""

    term: str
    what: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query out of the terms that can be read, and the terms that cannot."""

    query: Query
    unclear: tuple[Unclear, ...] = ()


def parse(text: str) -> Parsed:
    """Read what an operator types. Never raises: half a term is being typed most of the time."""
    names: list[str] = []
    architectures: list[str] = []
    flags: list[tuple[str, bool]] = []
    bounds: list[Bound] = []
    unclear: list[Unclear] = []
    for term in text.lower().replace(",", " ").split():
        comparison = _COMPARISON.fullmatch(term)
        if comparison:
            bound = _bound(*comparison.groups())
            bounds.append(bound) if isinstance(bound, Bound) else unclear.append(bound)
        elif term in ARCHITECTURES:
            architectures.append(ARCHITECTURES[term])
        elif term.removeprefix("!") in FLAGS:
            flags.append((term.removeprefix("!"), not term.startswith("!")))
        elif _NAME.fullmatch(term):
            names.append(term)
        else:
            unclear.append(Unclear(term, _advice(term)))
    query = Query(tuple(names), tuple(dict.fromkeys(architectures)), tuple(dict.fromkeys(flags)), tuple(bounds))
    return Parsed(query, tuple(unclear))


def select(kinds: Iterable[InstanceTypeFact], query: Query, *, sort: str = "name") -> tuple[InstanceTypeFact, ...]:
    """Give the types that match, sorted by name or by one of `FIGURES`, then by name. KeyError for another key."""
    return tuple(sorted((it for it in kinds if matches(it, query)), key=sort_key(sort)))


def matches(kind: InstanceTypeFact, query: Query) -> bool:
    """Whether a type is what a query asks for."""
    if query.names and not any(_named(kind.name, name) for name in query.names):
        return False
    if query.architectures and not any(name in kind.architectures for name in query.architectures):
        return False
    if any(FLAGS[name](kind) is not wanted for name, wanted in query.flags):
        return False
    return all(_OPERATORS[it.operator](FIGURES[it.figure](kind), it.number) for it in query.bounds)


def sort_key(sort: str) -> Callable[[InstanceTypeFact], tuple[float | str, ...]]:
    """Give the key to sort by: sizes of a family come by size, not by spelling (2xlarge before 16xlarge)."""
    if sort == "name":
        return lambda it: (it.family, it.vcpu, it.memory_mib, it.name)
    figure = FIGURES[sort]
    return lambda it: (figure(it), it.vcpu, it.memory_mib, it.name)


def _named(name: str, wanted: str) -> bool:
    if "*" in wanted or "?" in wanted:
        return fnmatchcase(name, wanted)
    return wanted in name


def _bound(figure: str, compared: str, number: str) -> Bound | Unclear:
    term = f"{figure}{compared}{number}"
    name = _ALIASES.get(figure, figure)
    if name not in FIGURES:
        return Unclear(term, f"there is no figure {figure}: {', '.join(FIGURES)}")
    if not _NUMBER.fullmatch(number):
        return Unclear(term, f"expected a number after {compared}, as in {figure}{compared}32")
    return Bound(name, compared, float(number))


def _advice(term: str) -> str:
    if term.startswith("!"):
        return f"only these can be denied: {', '.join(FLAGS)}"
    return "expected part of a name, an architecture, nvme, or a comparison such as mem>=32"
