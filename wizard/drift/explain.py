"""Each suspect explained: what became of it, whose doing, what it interrupts, and which ways on there are. Pure."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wizard.answers.types import Answers
from wizard.changes.change import Change, Difference
from wizard.drift.answering import answering, now
from wizard.drift.designed import Suspect
from wizard.drift.found import Attribute, Became, Drifted, Setting, Way, WayOn
from wizard.drift.rules import entries
from wizard.drift.weight import weigh
from wizard.drift.who import Doer, Sure, doer
from wizard.facts.trail import Trail

PEERING: Final = "aws_vpc_peering_connection"
#: What a peering comes to that serves nobody any more, in words.
_ENDED: Final = {
    "expired": "expired: nobody accepted it within 7 days",
    "rejected": "rejected: the customer turned the request down",
    "failed": "failed: AWS could not set it up (overlapping networks, or a wrong id)",
    "deleted": "deleted: one of the two sides ended it",
    "deleting": "deleted: one of the two sides is ending it",
}
#: Services without a region, whose events lie elsewhere.
_WORLDWIDE: Final = re.compile(r"aws_(iam|route53)_")
#: Attributes by which the calls of CloudTrail know a resource, beside its id.
_NAMES: Final = ("arn", "name", "security_group_id", "route_table_id", "role", "user_id", "user_group_id", "volume_id")
#: Attributes that other resources make: the code does not hold them, so no plan puts them back.
_LISTED: Final = {
    ("aws_security_group", "ingress"),
    ("aws_security_group", "egress"),
    ("aws_iam_role", "managed_policy_arns"),
    ("aws_iam_role", "inline_policy"),
    ("aws_route_table", "route"),
}


#: Attributes that AWS alone sets: nobody asked for another value, so no plan sets them back.
_FOLLOWS: Final = {("aws_instance", "instance_state"), ("aws_route", "state")}


@dataclass(frozen=True, slots=True)
class Status:
    """A peering as AWS has it: its status code, and AWS's own words (`Deleted by 222222222222`)."""

    code: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a look knows beside the plan. `peerings` by id."""

    name: str
    stack: str
    answers: Answers
    trail: Trail = field(default_factory=Trail)
    peerings: Mapping[str, Status] = field(default_factory=dict)


def names_of(change: Change) -> tuple[str, ...]:
    """Give the ids and names by which CloudTrail may know a resource."""
    found = [value for side in (change.before, change.after) for key in ("id", *_NAMES) if (value := side(key))]
    return tuple(dict.fromkeys(str(value) for value in found if isinstance(value, str)))


def is_worldwide(change: Change) -> bool:
    """Whether its service has no region."""
    return bool(_WORLDWIDE.match(change.type))


def id_of(change: Change) -> str:
    """Give a resource's id, as it is or as it was."""
    return str(change.after("id") or change.before("id") or "")


def is_listed(type_: str, path: str) -> bool:
    """Whether an attribute lists what other resources make: the code does not hold it, so that no plan puts it back."""
    return (type_, path.partition("[")[0]) in _LISTED


def explain(found: Iterable[Suspect], known: Known) -> tuple[Drifted, ...]:
    """Explain each, the worst first."""
    drifted = [_explained(one, known) for one in found]
    return tuple(sorted(drifted, key=lambda one: (-one.severity.rank, one.address)))


def _explained(suspect: Suspect, known: Known) -> Drifted:
    change, items = suspect.change, suspect.differences
    became, headline = _became(change, items, known)
    weight = weigh(change, items)
    settings, unsaid = _settings(change, items, known.answers)
    return Drifted(
        address=change.address,
        type=change.type,
        id=id_of(change),
        became=became,
        headline=headline,
        attributes=tuple(_attribute(change, item) for item in items),
        doer=_doer(change, items, became, known),
        severity=weight.severity,
        interrupts=weight.text,
        ways=(
            _accept(became, settings, unsaid),
            _revert(change, became, items),
            _import(change, became, known),
        ),
        settings=settings,
        unsaid=unsaid,
    )


def _attribute(change: Change, item: Difference) -> Attribute:
    """Give both sides; of a group's rules only those that differ, each in a few words."""
    if change.type != "aws_security_group" or item.path not in ("ingress", "egress"):
        return Attribute(item.path, item.before, item.after)
    before, after = entries(item.before), entries(item.after)
    removed, added = ([entry.text for entry in sorted(some)] for some in (before - after, after - before))
    return Attribute(item.path, removed, added)


def _became(change: Change, items: tuple[Difference, ...], known: Known) -> tuple[Became, str]:
    status = _status(change, known)
    if status is not None and status.code in _ENDED:
        return Became.DEAD, _ENDED[status.code]
    if change.kind == "delete":
        return Became.GONE, "gone: AWS no longer has it"
    count = len(items)
    return Became.CHANGED, f"changed: {count} {'attribute' if count == 1 else 'attributes'}"


def _status(change: Change, known: Known) -> Status | None:
    if change.type != PEERING:
        return None
    told = known.peerings.get(id_of(change))
    return told if told is not None else Status(str(change.after("accept_status") or ""))


def _doer(change: Change, items: tuple[Difference, ...], became: Became, known: Known) -> Doer:
    status = _status(change, known)
    if became is Became.DEAD and status is not None:
        if status.code == "expired":
            return Doer(Sure.SAID, why="nobody: AWS ends a request by itself after 7 days")
        found = doer(change, names_of(change), known.trail, paths=[item.path for item in items] or ["accept_status"])
        if found.sure is Sure.PROBABLY:
            return found
        # A call in the customer's account is in the customer's CloudTrail alone.
        said = f"AWS says: {status.message}" if status.message else f"AWS says: {status.code}"
        return Doer(Sure.SAID, why=f"{said}; no call of this account ended it, as far as CloudTrail tells")
    return doer(change, names_of(change), known.trail, paths=[_path(change, item) for item in items])


def _path(change: Change, item: Difference) -> str:
    """Give an attribute's path; of a group's rules with what became of them, for one call adds and another takes away."""
    if change.type != "aws_security_group" or item.path not in ("ingress", "egress"):
        return item.path
    before, after = entries(item.before), entries(item.after)
    return f"{item.path} added" if before < after else f"{item.path} removed" if after < before else item.path


def _settings(
    change: Change, items: tuple[Difference, ...], answers: Answers
) -> tuple[tuple[Setting, ...], tuple[str, ...]]:
    settings, unsaid = [], []
    for item in items:
        answer = answering(change, item)
        if answer is None:
            unsaid.append(item.path)
        else:
            settings.append(Setting(answer.key, now(answers, answer.key), answer.value, answer.shared))
    return tuple(settings), tuple(unsaid)


# -- the ways on


def _accept(became: Became, settings: tuple[Setting, ...], unsaid: tuple[str, ...]) -> WayOn:
    if became is not Became.CHANGED:
        return WayOn(
            Way.ACCEPT,
            open=False,
            what="what is not there any more cannot be an answer; change the answers that ask for it",
        )
    if not settings:
        return WayOn(
            Way.ACCEPT,
            "no answer is about this; the state alone takes it in, where the next apply would not put it back (a plan decides)",
        )
    said = [f"{one.key}: {one.was} → {one.value}{f' (for {one.shared})' if one.shared else ''}" for one in settings]
    rest = f"; no answer is about {', '.join(unsaid)}" if unsaid else ""
    return WayOn(Way.ACCEPT, f"the answers say it: {', '.join(said)}{rest}")


def _revert(change: Change, became: Became, items: tuple[Difference, ...]) -> WayOn:
    if became is Became.DEAD:
        return WayOn(
            Way.REVERT,
            "requested anew, with what hangs on it, by a plan that is shown and confirmed; the customer then accepts the new one",
        )
    if became is Became.GONE:
        return WayOn(Way.REVERT, "made anew by a plan that is shown and confirmed; it is a new one, with nothing in it")
    if items and all((change.type, item.path) in _FOLLOWS for item in items):
        return _by_itself(change)
    listed = [item for item in items if is_listed(change.type, item.path)]
    if len(listed) < len(items) or not listed:
        return WayOn(Way.REVERT, "put back by a plan that is shown and confirmed")
    commands = [line for item in listed for line in _by_hand(change, item)]
    return WayOn(
        Way.REVERT,
        open=False,
        what="the code holds no such entry, so no plan takes it away: take it away by hand"
        if commands
        else "an entry of ours is missing: the plan that makes it anew is that of its own resource",
        by_hand="; ".join(commands),
    )


def _by_itself(change: Change) -> WayOn:
    if change.type == "aws_instance":
        start = f"aws ec2 start-instances --instance-ids {shlex.quote(id_of(change))}"
        return WayOn(
            Way.REVERT, open=False, what="no plan starts a node that was stopped: start it by hand", by_hand=start
        )
    return WayOn(Way.REVERT, open=False, what="it follows what the route leads to: put that back")


def _import(change: Change, became: Became, known: Known) -> WayOn:
    if became is Became.CHANGED:
        return WayOn(Way.IMPORT, open=False, what="the state has it already")
    return WayOn(
        Way.IMPORT,
        "if somebody has made it anew by hand: its new id is taken into the state, by a plan that is shown and confirmed",
        f"planewright drift {known.name} {known.stack} --import {shlex.quote(f'{change.address}=ID')}",
    )


def _by_hand(change: Change, item: Difference) -> list[str]:
    """Give the commands of the AWS CLI that take away what was added to a list of ours."""
    own = shlex.quote(id_of(change))
    if change.type == "aws_security_group":
        added = sorted(entries(item.after) - entries(item.before))
        permissions = json.dumps([entry.permission(id_of(change)) for entry in added])
        command = (
            f"aws ec2 revoke-security-group-{item.path} --group-id {own} --ip-permissions {shlex.quote(permissions)}"
        )
        return [command] if added else []
    before = item.before if isinstance(item.before, list) else []
    added = [one for one in (item.after if isinstance(item.after, list) else []) if one not in before]
    return [_command(item.path, own, one) for one in added]


def _command(attribute: str, own: str, entry: Any) -> str:
    match attribute:
        case "managed_policy_arns":
            return f"aws iam detach-role-policy --role-name {own} --policy-arn {shlex.quote(str(entry))}"
        case "inline_policy":
            return f"aws iam delete-role-policy --role-name {own} --policy-name {shlex.quote(str(entry.get('name')))}"
        case _:
            block = shlex.quote(str(entry.get("cidr_block")))
            return f"aws ec2 delete-route --route-table-id {own} --destination-cidr-block {block}"
