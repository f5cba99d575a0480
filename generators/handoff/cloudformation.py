"""CloudFormation for the customer's side: a template per VPC for routes and rule, and lines for what it has no resource for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from generators.files import asset
from generators.handoff import privatelink
from generators.handoff.commands import ROUTE_TABLE, SECURITY_GROUP, by_hand, quoted, tables_of, taken_back
from generators.handoff.groups import RouteGroup, groups
from wizard.handoff.model import Act, Admit, Site, Step, at

#: What the template does. All else is a line of `commands.txt`.
COVERS: Final = frozenset({Act.ADD_ROUTES, Act.ADMIT_PORT}) | privatelink.ACTS
COMMANDS: Final = "commands.txt"
_OURS: Final = frozenset({Act.ALLOW_PRINCIPAL, Act.ACCEPT_ENDPOINT})
_BEFORE: Final = _OURS | {Act.ACCEPT_PEERING}
_AFTER: Final = frozenset({Act.ALLOW_DNS, Act.ASSOCIATE_ZONE})
#: Route tables that one stack has room for; a second stack of the same template takes more.
SLOTS: Final = 12
#: What YAML wants escaped in double quotes beside what JSON escapes. Halves of surrogate pairs are no characters.
_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def files(steps: tuple[Step, ...], site: Site, deployment: str) -> dict[str, bytes]:
    """Give the folder of one account and region; nothing where no template has anything to do there."""
    templates = {_file(route): _template(route, rule, deployment).encode() for route, rule in _stacks(steps, site)}
    templates |= {
        f"{name}.yaml": _rendered(kind, deployment=deployment, **values).encode()
        for name, kind, values in privatelink.stacks(steps, site)
    }
    if not templates:
        return {}
    commands = "".join(f"{line}\n" for line in lines(steps, site, deployment))
    return dict(sorted({COMMANDS: commands.encode(), **templates}.items()))


def lines(steps: tuple[Step, ...], site: Site, deployment: str, folder: str = "") -> tuple[str, ...]:
    """Give all lines in the order in which they are run: accept, a stack per VPC, then DNS option and zones.

    `folder` is where the templates are, with a slash at its end.
    """
    here = at(steps, site)
    accept = (line for step in here if step.act in _BEFORE for line in by_hand(step))
    # Of the rule the template of the service takes care; where the service is there already, it is a line.
    rules = (
        line
        for step in here
        if isinstance(step.target, Admit) and not groups(steps, site).routes
        for line in by_hand(step)
        if privatelink.service_of(steps, site) is None
    )
    linked = privatelink.deploy_lines(steps, site, deployment, folder)
    stacks = (line for route, rule in _stacks(steps, site) for line in _deploy(route, rule, site, deployment, folder))
    after = (line for step in here if step.act in _AFTER for line in by_hand(step))
    return (*accept, *stacks, *rules, *linked, *after)


def undo_lines(steps: tuple[Step, ...], site: Site, deployment: str) -> tuple[str, ...]:
    """Give the lines that take it back, but for the peering, which can only be deleted."""
    beside = (line for step in reversed(at(steps, site)) if step.act in _AFTER for line in taken_back(step))
    stacks = (
        quoted(
            "aws", "cloudformation", "delete-stack", "--region", site.region, "--stack-name", _stack(route, deployment)
        )
        for route, _ in _stacks(steps, site)
    )
    rules = (
        line
        for step in reversed(at(steps, site))
        if isinstance(step.target, Admit) and not groups(steps, site).routes
        for line in taken_back(step)
        if privatelink.service_of(steps, site) is None
    )
    before = (line for step in reversed(at(steps, site)) if step.act in _OURS for line in taken_back(step))
    return (*beside, *stacks, *privatelink.delete_lines(steps, site, deployment), *rules, *before)


def _stacks(steps: tuple[Step, ...], site: Site) -> Iterator[tuple[RouteGroup, Admit | None]]:
    """Give the routes of each VPC, with the database's rule where it is the database's VPC."""
    here = groups(steps, site)
    rules = {admit.vpc_id: admit for _, admit in here.rules}
    for route in here.routes:
        yield route, rules.pop(route.vpc_id, None)


def _deploy(route: RouteGroup, rule: Admit | None, site: Site, deployment: str, folder: str) -> Iterator[str]:
    yield tables_of(site, route.vpc_id)
    given = (f"RouteTable1={ROUTE_TABLE}", *((f"DatabaseSecurityGroup={SECURITY_GROUP}",) if rule else ()))
    stack = ("--stack-name", _stack(route, deployment), "--template-file", f"{folder}{_file(route)}")
    yield quoted("aws", "cloudformation", "deploy", "--region", site.region, *stack, "--parameter-overrides", *given)


def _file(route: RouteGroup) -> str:
    return f"{_dashed(route.name)}.yaml"


def _stack(route: RouteGroup, deployment: str) -> str:
    return f"planewright-{deployment}-{_dashed(route.name)}"


def _dashed(name: str) -> str:
    return name.replace(".", "-")


def _template(route: RouteGroup, rule: Admit | None, deployment: str) -> str:
    return _rendered(
        "template.yaml.j2",
        about=f"Routes{' and the rule of the database' if rule else ''} for {deployment}, over an accepted VPC peering.",
        deployment=deployment,
        route=route,
        rule=rule,
        slots=range(1, SLOTS + 1),
    )


def _rendered(template: str, **values: Any) -> str:
    text: str = _environment().get_template(template).render(**values)
    return text


def _yaml(value: str) -> str:
    """Give a string as YAML's double-quoted form, on one line, whatever is in it."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


@cache
def _environment() -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - not before a template is made

    environment = Environment(
        loader=FunctionLoader(lambda name: asset(f"templates/handoff/{name}").decode()),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - YAML: every value goes through the filter
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["yaml"] = _yaml
    return environment
