"""Which rules of the stylesheets hold for a widget: found once for all widgets that stand in the same place.

Textual matches all rules anew for every widget that it mounts, and for every one below another that took the focus or a
class: half of the time in which a form came up. What comes of it follows from the types, ids and classes on the way
from the application down to the widget, and from those of their states that a rule asks for. The fields of a form differ
in none of these.

    place ─known─► its rules are put on the widget
          ─new───► Textual matches, and what it found is remembered
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from textual.css.styles import Styles
from textual.css.stylesheet import Stylesheet

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from textual.css.model import RuleSet
    from textual.css.styles import RulesMap
    from textual.dom import DOMNode

#: More places than a long session has; whoever remembers as many begins anew.
_MOST = 20_000
#: States that all widgets have, or none.
_EVERYWHERE = frozenset({"dark", "light", "inline", "ansi", "nocolor"})
_LAYOUT = "layout"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the rules that may hold for a kind of widget ask for: states of the application, of the widget, of those that
    it stands in.

    `names` are those by which rules are found for it. `neighbours`: its place among others counts, and Textual gives
    nothing then that could be remembered.
    """

    names: frozenset[str]
    everywhere: frozenset[str]
    own: frozenset[str]
    above: frozenset[str]
    hover: bool
    neighbours: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """Rules that hold in a place: as Textual gives them, and as they stand on a widget then, but for its layout."""

    given: RulesMap
    settled: RulesMap


@dataclass(slots=True)
class _Memory:
    """What is known of one set of rules: of each kind of widget, and of each place, which begins with a kind."""

    rules: Sequence[RuleSet]
    asked: dict[Hashable, _Asked] = field(default_factory=dict)
    found: dict[tuple[Hashable, ...], _Found] = field(default_factory=dict)

    def grown(self, rules: Sequence[RuleSet]) -> _Memory:
        """Give what is still known now that there are other rules: a widget that is new brings its own along."""
        changed = set(self.rules).symmetric_difference(rules) if len(self.found) <= _MOST else rules
        names = frozenset[str]().union(*(rule.selector_names for rule in changed))
        asked = {kind: it for kind, it in self.asked.items() if it.names.isdisjoint(names)}
        return _Memory(rules, asked, {place: it for place, it in self.found.items() if place[0] in asked})


class Remembering(Stylesheet):
    """A stylesheet that matches its rules once for each place in which widgets stand."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._memory = _Memory(())

    def apply(
        self, node: DOMNode, *, animate: bool = False, cache: dict[tuple[Any, ...], RulesMap] | None = None
    ) -> None:
        """Put the rules on a widget that hold for it."""
        if self._memory.rules is not self.rules or len(self._memory.found) > _MOST:
            self._memory = self._memory.grown(self.rules)
        memory = self._memory
        kind = _kind(node)
        asked = memory.asked.get(kind)
        if asked is None:
            asked = memory.asked[kind] = self._asked(node)
        if asked.neighbours:
            super().apply(node, animate=animate, cache=cache)
            return
        place = (kind, *_place(node.css_path_nodes, asked))
        found = memory.found.get(place)
        if found is None:
            given: dict[tuple[Any, ...], RulesMap] = {}
            super().apply(node, animate=animate, cache=given)
            memory.found[place] = _found(next(iter(given.values()), cast("RulesMap", {})))
            return
        _mark(node, asked)
        if found.given:
            self._put(found, node, animate=animate)
        self._process_component_classes(node)

    def _asked(self, node: DOMNode) -> _Asked:
        names = frozenset(node._selector_names)  # noqa: SLF001
        rules = [rule for name in self.rules_map.keys() & names for rule in self.rules_map[name]]
        states = frozenset[str]().union(*(rule.pseudo_classes for rule in rules))
        before = [it for rule in rules for selectors in rule.selector_set for it in selectors.selectors[:-1]]
        above = frozenset[str]().union(*(it.pseudo_classes for it in before))
        return _Asked(
            names,
            states & _EVERYWHERE,
            states - _EVERYWHERE,
            above - _EVERYWHERE,
            hover="hover" in states,
            neighbours=not self._EXCLUDE_PSEUDO_CLASSES_FROM_CACHE.isdisjoint(states),
        )

    def _put(self, found: _Found, node: DOMNode, *, animate: bool) -> None:
        base = node._css_styles  # noqa: SLF001
        has = base._rules  # noqa: SLF001
        if not has and not node._is_mounted:  # noqa: SLF001 - until it is, nothing follows from a style that changes
            base.merge_rules(found.settled)
            if _LAYOUT in found.given:  # each widget has its own: some keep something there
                base.layout = found.given["layout"]
            node.notify_style_update()
        elif _settled(has) == found.settled and _layout(has) == _layout(found.given):
            node.notify_style_update()  # styles of what it stands in may have changed
        else:
            self.replace_rules(node, found.given, animate=animate)


def _mark(node: DOMNode, asked: _Asked) -> None:
    """Say on a widget which of its states rules ask for, as the base class does. None of its place among others."""
    node._has_hover_style = asked.hover  # noqa: SLF001
    node._has_focus_within = node._has_order_style = node._has_odd_or_even = False  # noqa: SLF001


def _kind(node: DOMNode) -> Hashable:
    return type(node), node._id, frozenset(node._classes)  # noqa: SLF001


def _place(path: Sequence[DOMNode], asked: _Asked) -> tuple[Hashable, ...]:
    """Give what rules see of a widget and of what it stands in."""
    kinds = [_kind(node) for node in path[:-1]]
    if not asked.own and not asked.everywhere:
        return tuple(kinds)
    states = [_states(path[0], asked.everywhere), _states(path[-1], asked.own)]
    return (*kinds, *states, *(_states(node, asked.above) for node in path[:-1] if asked.above))


def _states(node: DOMNode, names: frozenset[str]) -> tuple[bool, ...]:
    return tuple(node.has_pseudo_class(name) for name in names)


def _found(given: RulesMap) -> _Found:
    styles = Styles()
    for name, value in given.items():
        setattr(styles, name, value)
    return _Found(given, _settled(styles.get_rules()))


def _settled(rules: RulesMap) -> RulesMap:
    return cast("RulesMap", {name: value for name, value in rules.items() if name != _LAYOUT})


def _layout(rules: RulesMap) -> str:
    layout = rules.get("layout")
    return "" if layout is None else layout.name
