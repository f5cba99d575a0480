"""`planewright new`: answers from a file, from flags, from `--set`, or asked one by one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.cli.common import command, interactive, say, say_findings, say_json, workspace_of
from wizard.cli.question_flags import apply_flags, parse_rest, with_flags
from wizard.errors import InputError, UsageError

if TYPE_CHECKING:
    from wizard.blueprints.load import Saved
    from wizard.errors import Problem
    from wizard.findings import Finding
    from wizard.workspace import Place, Workspace

BLUEPRINT = "springtail"


def register(subparsers: Any) -> None:
    """Declare the command. Flags of single questions come later (`question_flags`): they need the models."""
    parser = command(subparsers, "new", run, help="answer the questions of a shard or a deployment")
    parser.usage = (
        "planewright new NAME [--kind shard|deployment] [--from FILE] [--set KEY=VALUE …] [--QUESTION VALUE …]"
    )
    parser.epilog = "Every question has a flag of its own: planewright new --questions [--kind shard] lists them."
    # Prefixes are not for us to guess: --state could be any of three questions.
    parser.allow_abbrev = False
    parser.add_argument("--kind", choices=("shard", "deployment"), help="what to make (default: deployment)")
    parser.add_argument("--from", dest="source", type=Path, metavar="FILE", help="take the answers of a file")
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help="answer one question"
    )
    parser.add_argument("--plain", action="store_true", help="ask line by line, for dumb terminals and screen readers")
    parser.add_argument("--advanced", action="store_true", help="ask the advanced questions as well")
    parser.add_argument("--force", action="store_true", help="change the saved answers of an object that exists")
    parser.add_argument("--questions", action="store_true", help="list the questions with their flags, and leave")
    parser.set_defaults(takes_rest=True)


def run(args: argparse.Namespace) -> int:
    """Collect answers, check them, save them."""
    if args.questions:
        from wizard.answers.page import plain_list

        say(plain_list(_model(args.kind or "deployment")))
        return 0
    workspace = workspace_of(args)
    base, kind = _base(args)
    name, flags = parse_rest(args.rest, _model(kind))
    place = _free_place(workspace, name, kind, force=args.force)
    answers = _collect(args, place, workspace, base, flags)
    shard, findings = _look(workspace, answers)
    from wizard.deploy import drafts, store

    store.save_answers(place, answers)
    drafts.discard(place)
    _tell(args, place, findings, shard)
    return 0


def _model(kind: str) -> type[Saved]:
    from wizard.blueprints.load import MODELS

    return MODELS[BLUEPRINT, kind]


def _base(args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Read the answers to start from, and which kind they are for."""
    if args.source is None:
        return {}, args.kind or "deployment"
    from wizard.blueprints.load import read

    try:
        text = args.source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{args.source} cannot be read", cause=type(error).__name__, action="--from takes a YAML file"
        ) from None
    raw, model = read(text, source=str(args.source))
    kind = str(model.model_fields["kind"].default)
    if args.kind not in (None, kind):
        raise UsageError(
            f"{args.source} holds a {kind}, not a {args.kind}", action=f"leave --kind out, or say --kind {kind}"
        )
    return raw, kind


def _free_place(workspace: Workspace, name: str, kind: str, *, force: bool) -> Place:
    """Give the object's place. Names are unique over shards and deployments."""
    for place in workspace.all():
        if place.name != name:
            continue
        if place.kind != kind:
            raise InputError(
                f"{name} is a {place.kind} already",
                cause="names are unique over shards and deployments, so that a command needs no more than a name",
                action="choose another name",
            )
        if not force:
            raise InputError(
                f"{name} exists already: {place.answers}",
                action=f"edit that file and run `planewright check {name}`; --force changes it from here",
            )
    return workspace.place("shard" if kind == "shard" else "deployment", name)


def _collect(
    args: argparse.Namespace, place: Place, workspace: Workspace, base: dict[str, Any], flags: Mapping[str, Any]
) -> Saved:
    from wizard import __version__
    from wizard.answers.draft import Draft
    from wizard.answers.settings import apply_settings
    from wizard.blueprints.load import build

    model = _model(place.kind)
    asking = args.plain or (interactive() and not args.json)
    raw = base or (_draft(place) if asking else {}) or _saved(place)
    raw = apply_settings(raw, args.settings, model)
    apply_flags(raw, flags, model)
    raw |= {"planewright": __version__, "kind": place.kind, "blueprint": BLUEPRINT, "name": place.name}
    complete = bool(args.source or place.answers.is_file())
    problems = Draft(model, raw).problems if asking and complete else ()
    if asking and not (complete and not problems):
        _ask(args, raw, model, place, workspace, only_missing=complete, wrong=_asked_again(problems, raw, model))
    try:
        return build(raw, model, source=str(args.source or place.name))
    except InputError as error:
        raise with_flags(error, model) from None


def _ask(
    args: argparse.Namespace,
    raw: dict[str, Any],
    model: type[Saved],
    place: Place,
    workspace: Workspace,
    *,
    only_missing: bool,
    wrong: Sequence[Problem],
) -> None:
    """Ask for what is not answered; what was typed is on disk before the next question."""
    from wizard.answers.draft import Draft
    from wizard.cli.prompts import ask_all
    from wizard.deploy import drafts

    shards = tuple(p.name for p in workspace.all() if p.kind == "shard")
    if place.kind == "deployment" and not shards:
        raise InputError(
            f"{workspace.root} holds no shard yet, and every deployment stands on one",
            action="planewright new NAME --kind shard",
        )
    draft = drafts.path_of(place)
    try:
        ask_all(
            raw,
            model,
            plain=args.plain,
            advanced=args.advanced,
            only_missing=only_missing,
            keep=lambda answers: drafts.save(place, Draft(model, answers)),
            options={"shard": shards},
            wrong=wrong,
        )
    except (KeyboardInterrupt, EOFError):
        if draft.exists():
            sys.stderr.write(f"\nwhat you answered is kept in {draft}: the same command goes on from there\n")
        raise KeyboardInterrupt from None


def _saved(place: Place) -> dict[str, Any]:
    """Give the saved answers of an object that exists: what is not said anew stays."""
    if not place.answers.is_file():
        return {}
    from wizard.deploy import drafts

    found = drafts.saved(place, _model(place.kind))
    return dict(found.raw) if found else {}


def _asked_again(problems: Sequence[Problem], raw: Mapping[str, Any], model: type[Saved]) -> tuple[Problem, ...]:
    """Give what was answered and is no longer valid, each answer once; what was not answered is asked for anyway."""
    from wizard.answers.catalogue import Shape, by_key
    from wizard.answers.problems import general
    from wizard.answers.settings import entry_at

    known = by_key(model)
    found = {
        problem.path: problem
        for problem in reversed(problems)
        if (asked := known.get(general(problem.path)))
        and asked.shape is not Shape.GROUPS
        and entry_at(raw, problem.path) is not None
    }
    return tuple(reversed(found.values()))


def _draft(place: Place) -> dict[str, Any]:
    from wizard.deploy import drafts

    file = drafts.path_of(place)
    if not file.is_file():
        return {}
    draft = drafts.load(place, _model(place.kind), blueprint=BLUEPRINT)
    say(f"going on with {file}; delete it to start anew")
    return dict(draft.raw)


def _look(workspace: Workspace, answers: Saved) -> tuple[str, tuple[Finding, ...]]:
    """Give the shard's name, and what the checks say of the answers."""
    from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
    from wizard.checks import check_deployment, check_shard
    from wizard.deploy import store

    if isinstance(answers, ShardAnswers):
        return answers.name, check_shard(answers)
    shard = store.load_shard_of(workspace, answers)
    others = tuple(
        other
        for place in workspace.all()
        if place.kind == "deployment" and place.name != answers.name
        for other in [store.load_object(place)]
        if isinstance(other, DeploymentAnswers) and other.shard == answers.shard
    )
    return shard.name, check_deployment(answers, shard, others)


def _tell(args: argparse.Namespace, place: Place, findings: tuple[Finding, ...], shard: str) -> None:
    from wizard.findings import Severity

    if args.json:
        say_json(
            {
                "name": place.name,
                "kind": place.kind,
                "answers": str(place.answers),
                "findings": [finding.model_dump(mode="json") for finding in findings],
            }
        )
        return
    say_findings(findings)
    say(f"✓ saved {place.answers}")
    held = any(finding.severity.rank >= Severity.HIGH.rank for finding in findings)
    if held:
        say(f"next: settle the findings above in that file, then `planewright check {place.name}`")
    elif place.kind == "shard":
        say(f"next: planewright apply {place.name}, or planewright new NAME --shard {shard} for a deployment on it")
    else:
        say(f"next: planewright plan {place.name}")
