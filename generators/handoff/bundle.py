"""The whole bundle, by path: a page for all, and for each account and region a folder of ways to do the steps there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final

from generators.handoff import cloudformation, privatelink, tofu
from generators.handoff.page import Cover, page
from generators.handoff.script import NAME, script
from wizard.files import to_json
from wizard.handoff.model import Site, Step, sites
from wizard.handoff.policies import Policies, policies

PAGE: Final = "handoff.html"


class Format(StrEnum):
    """What the bundle holds."""

    PAGE = "page"
    SCRIPT = "script"
    TOFU = "tofu"
    CLOUDFORMATION = "cloudformation"
    POLICIES = "policies"


def bundle(
    steps: tuple[Step, ...], cover: Cover, formats: frozenset[Format] = frozenset(Format)
) -> Mapping[str, bytes]:
    """Give the files by their path in the folder. The public topology has no account to script for: it is the page alone."""
    found = {site: policies(steps, site) for site in sites(steps)}
    files: dict[str, bytes] = {}
    for site, allowed in found.items():
        files |= {f"{site.name}/{path}": data for path, data in _of_site(steps, site, cover, allowed, formats)}
    if Format.PAGE in formats:
        texts = {site: [(name, to_json(one)) for name, one in allowed.named()] for site, allowed in found.items()}
        files[PAGE] = page(steps, replace(cover, policies=texts, ways=formats))
    return files


def _of_site(
    steps: tuple[Step, ...], site: Site, cover: Cover, allowed: Policies, formats: frozenset[Format]
) -> Iterator[tuple[str, bytes]]:
    if Format.SCRIPT in formats:
        yield NAME, script(steps, site, deployment=cover.deployment)
    if Format.TOFU in formats:
        yield from ((f"tofu/{name}", data) for name, data in tofu.files(steps, site, cover.deployment).items())
        serving = privatelink.serve_files(steps, site, cover.deployment)
        yield from ((f"{privatelink.SERVE}/{name}", data) for name, data in serving.items())
    if Format.CLOUDFORMATION in formats:
        made = cloudformation.files(steps, site, cover.deployment)
        yield from ((f"cloudformation/{name}", data) for name, data in made.items())
    if Format.POLICIES in formats:
        yield from ((f"policies/{name}.json", to_json(one).encode()) for name, one in allowed.named())
