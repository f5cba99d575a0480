"""Address blocks on screen: whose they are, how large, where they meet, and which is free for a transit VPC.

Blocks that have addresses in common are drawn on one scale, so that the overlap is seen where it is.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from types import MappingProxyType
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size

from screens.messages import Typed
from screens.painting import Settled
from wizard.addressing.plan import AddressMap, Block, Meeting

#: Cells of a bar: the block, addresses that another has as well, the rest of the scale.
OWN, SHARED, ELSEWHERE = "█", "╳", "·"
_CIDR = len("  255.255.255.255/32")
_SIZE = len("65531 of 65531 free")
_WIDE = 88
_MOST_BAR = 40
#: AWS makes no subnet smaller than this.
_SMALLEST_SUBNET = 28

_STYLES: Mapping[str, str] = MappingProxyType(
    {
        "own": "$text-accent",
        "shared": "$text-warning",
        "conflict": "$text-error bold",
        "elsewhere": "$text-muted",
        "cidr": "bold",
        "said": "$text-muted",
        "free": "$text-success",
    }
)

Pieces = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """The addresses that a bar stands for."""

    first: int
    last: int

    def cells(self, cidr: str, width: int) -> range:
        """Give the cells that a block takes on a bar of so many; one at least, none for a block that lies elsewhere."""
        first, last = _ends(cidr)
        if last < self.first or first > self.last:
            return range(0)
        first = max(first, self.first)
        span = self.last - self.first + 1
        begin = min(width - 1, (first - self.first) * width // span)
        end = -(-(last + 1 - self.first) * width // span)
        return range(begin, max(begin + 1, min(width, end)))


def bar(cidr: str, scale: Scale, meets: tuple[str, ...], width: int, *, conflict: bool = False) -> Pieces:
    """Give a block's bar on a scale, what it has in common with others marked; together exactly `width` cells."""
    own = scale.cells(cidr, width)
    shared = [scale.cells(part, width) for other in meets if (part := _common(cidr, other))]
    kinds = [
        ("conflict" if conflict else "shared")
        if any(cell in part for part in shared)
        else "own"
        if cell in own
        else "elsewhere"
        for cell in range(width)
    ]
    return tuple(_runs(kinds))


def scale_of(block: Block, layout: AddressMap) -> Scale:
    """Give the scale of a block: itself and everything that it meets, on and on."""
    together, waiting = {block}, [block]
    while waiting:
        for meeting in layout.meets(waiting.pop()):
            for other in (meeting.one, meeting.other):
                if other not in together:
                    together.add(other)
                    waiting.append(other)
    ends = [_ends(it.cidr) for it in together]
    return Scale(min(first for first, _ in ends), max(last for _, last in ends))


def lines(layout: AddressMap, width: int, mask: Callable[[str], str] = str) -> Iterator[Pieces]:
    """Draw the map in so many columns: each block, what it meets, and the subnets in it."""
    for block in layout.blocks:
        scale, meetings = scale_of(block, layout), layout.meets(block)
        yield from _block(block, scale, meetings, width, mask)
        for meeting in meetings:
            yield from _meeting(block, meeting, width, mask)
        for subnet in block.inside:
            yield from _block(subnet, scale, (), width, mask, indent="  ")


class BlockMap(Settled, can_focus=True):
    """The map of one target's blocks. Keys take a free block for the transit VPC: it posts `Typed`."""

    DEFAULT_CSS: ClassVar[str] = "BlockMap { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "u", "take(0)", "Use free block", tooltip="Take the first free block for the transit VPC and its subnet"
        ),
        Binding("1", "take(0)", "Use block 1", show=False, tooltip="Take the first free block for the transit VPC"),
        Binding("2", "take(1)", "Use block 2", show=False, tooltip="Take the second free block for the transit VPC"),
        Binding("3", "take(2)", "Use block 3", show=False, tooltip="Take the third free block for the transit VPC"),
    ]

    def __init__(self, layout: AddressMap | None = None, *, takes: bool = False, note: str = "") -> None:
        """Show a map; `takes`: there is a transit VPC to take a free block for. `note` says what the map lacks."""
        super().__init__()
        self._layout = layout
        self._takes = takes
        self._note = note
        self._subnet_prefixlen: int | None = None
        self._drawn: tuple[int, list[Pieces]] | None = None

    def on_mount(self) -> None:
        """Draw again when masking begins or ends."""
        if hasattr(self.app, "presenter"):
            self.watch(self.app, "presenter", self.redraw, init=False)

    def show(
        self, layout: AddressMap | None, *, takes: bool, note: str = "", subnet_prefixlen: int | None = None
    ) -> None:
        """Show another map; the transit subnet keeps its length when a block is taken, if it fits in."""
        self._subnet_prefixlen = subnet_prefixlen
        if (layout, takes, note) != (self._layout, self._takes, self._note):
            self._layout, self._takes, self._note = layout, takes, note
            self.redraw()
            self.refresh_bindings()

    def redraw(self) -> None:
        """Draw again: what is shown, or what is masked, has changed."""
        self._drawn = None
        self.refresh(layout=True)

    @property
    def free(self) -> tuple[str, ...]:
        """The blocks that are proposed for the transit VPC."""
        return self._layout.free_transit if self._layout and self._takes else ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a block that is proposed can be taken."""
        if action == "take":
            return int(str(parameters[0])) < len(self.free)
        return True

    def action_take(self, number: int) -> None:
        """Answer the transit VPC's block and its subnet's."""
        block = self.free[number]
        self.post_message(Typed("transit.vpc_cidr", block))
        self.post_message(Typed("transit.subnet_cidr", first_subnet(block, self._subnet_prefixlen)))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All the room that there is."""
        del viewport
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the map takes in this width."""
        del container, viewport
        return len(self._lines(width))

    def render(self) -> Content:
        """The map. Names are text and never markup."""
        drawn = (
            Content.assemble(*((text, _STYLES[kind]) for text, kind in pieces))
            for pieces in self._lines(self.content_size.width)
        )
        return Content("\n").join(drawn)

    def _lines(self, width: int) -> list[Pieces]:
        if self._drawn is None or self._drawn[0] != width:
            self._drawn = (width, list(self._draw(width, getattr(self.app, "mask", str))))
        return self._drawn[1]

    def _draw(self, width: int, mask: Callable[[str], str]) -> Iterator[Pieces]:
        if self._layout is not None:
            yield from lines(self._layout, width, mask)
            if self._takes:
                yield ()
                yield from self._proposals(mask)
        for piece in textwrap.wrap(mask(self._note), max(10, width)):
            yield ((piece, "said"),)

    def _proposals(self, mask: Callable[[str], str]) -> Iterator[Pieces]:
        if not self.free:
            yield (("✗ no block is free for a transit VPC in the private address space", "conflict"),)
            return
        yield (("✓ free for the transit VPC", "free"), ("  u takes the first", "said"))
        for number, block in enumerate(self.free, start=1):
            yield ((f"  {number}  ", "said"), (mask(block), "cidr"))


def first_subnet(block: str, prefixlen: int | None = None) -> str:
    """Give the first subnet of a block: of this length if that is smaller than the block, else half of it."""
    vpc = IPv4Network(block)
    wanted = prefixlen if prefixlen is not None and prefixlen > vpc.prefixlen else vpc.prefixlen + 1
    return f"{vpc.network_address}/{max(vpc.prefixlen, min(wanted, _SMALLEST_SUBNET))}"


def _block(
    block: Block,
    scale: Scale,
    meetings: tuple[Meeting, ...],
    width: int,
    mask: Callable[[str], str],
    *,
    indent: str = "",
) -> Iterator[Pieces]:
    """One line where it is wide; else who it is on one, where it lies on the next."""
    conflict = any(meeting.conflict for meeting in meetings)
    others = tuple(_other(block, meeting).cidr for meeting in meetings)
    who = f"{block.purpose.value} · {mask(block.owner)}"
    size = f"{block.usable} usable" if block.free < 0 else f"{block.free} of {block.usable} free"
    cidr = (indent + mask(block.cidr)).ljust(_CIDR)
    if width >= _WIDE:
        drawn = bar(block.cidr, scale, others, min(_MOST_BAR, width - _CIDR - _SIZE - 36), conflict=conflict)
        yield (cidr, "cidr"), *drawn, (f" {size.rjust(_SIZE)}  ", "said"), (_cut(indent + who, 33), "said")
        return
    yield ((_cut(indent + who, width), "said"),)
    room = width - _CIDR - _SIZE - 2
    drawn = bar(block.cidr, scale, others, min(_MOST_BAR, room), conflict=conflict) if room >= 4 else ()
    size = _cut(f" {size}", width - _CIDR - sum(len(piece) for piece, _ in drawn))
    yield (cidr, "cidr"), *drawn, (size, "said")


def _meeting(block: Block, meeting: Meeting, width: int, mask: Callable[[str], str]) -> Iterator[Pieces]:
    other = _other(block, meeting)
    kind, said = ("conflict", "✗ conflicts with") if meeting.conflict else ("shared", "! overlaps, without a route,")
    common = f"both have {mask(_common(block.cidr, other.cidr))}"
    who = f"({other.purpose.value}, {mask(other.owner)})"
    cidr = mask(other.cidr)
    if len(f"  {said} {cidr} {who}: {common}") <= width:
        yield (f"  {said} ", kind), (f"{cidr} ", "cidr"), (f"{who}: {common}", "said")
    else:
        yield (f"  {said} ", kind), (_cut(cidr, width - len(said) - 3), "cidr")
        yield ((_cut(f"    {common}", width), "said"),)


def _other(block: Block, meeting: Meeting) -> Block:
    return meeting.other if meeting.one == block else meeting.one


def _ends(cidr: str) -> tuple[int, int]:
    net = IPv4Network(cidr)
    return int(net.network_address), int(net.broadcast_address)


def _common(one: str, other: str) -> str:
    """Give what two blocks have in common: the smaller of them, or nothing."""
    first, second = IPv4Network(one), IPv4Network(other)
    if not first.overlaps(second):
        return ""
    return str(max(first, second, key=lambda net: net.prefixlen))


_CELLS = {"own": OWN, "shared": SHARED, "conflict": SHARED, "elsewhere": ELSEWHERE}


def _runs(kinds: list[str]) -> Iterator[tuple[str, str]]:
    """Join equal neighbours to one piece each."""
    start = 0
    for end in range(1, len(kinds) + 1):
        if end == len(kinds) or kinds[end] != kinds[start]:
            yield _CELLS[kinds[start]] * (end - start), kinds[start]
            start = end


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"
