"""Every screen and dialog by name: a scene gives the application, and drives it to what its picture shows.

Steps that ask are here; what is planned, applied and proven is in `gallery_runs`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from screens.crash import Crashed
from screens.messages import Typed
from screens.mfa import MfaCode
from screens.widgets.all_findings import AllFindings
from screens.widgets.keys import Keys
from screens.widgets.source_view import SourceView
from screens.widgets.type_picker import TypePicker
from tests.readiness.documents import said
from tests.screens.stage import Drive, Stage, Whole, finding, opened, scene, settled, shown
from tests.screens.waiting import palette_offers, until
from tests.workspaces import run_in
from wizard.crash import CrashReport
from wizard.deploy import flow, readiness
from wizard.findings import Severity
from wizard.walk.steps import Step

HIGH = finding(
    "nodes.fdw.count", Severity.HIGH, "QUOTA_VCPU_SHORT",
    "2 nodes of i4i.xlarge need 8 vCPUs of Running On-Demand Standard instances; 6 of 64 are left in us-east-1",
    "AWS refuses the second node in the middle of the apply",
    "ask for 96 at Service Quotas (L-1216C47A), or stop what is not needed",
)  # fmt: skip
CRITICAL = finding(
    "database.vpc.cidr", Severity.CRITICAL, "PEERING_CIDR_OVERLAP",
    "10.20.0.0/16 of the database's VPC overlaps 10.20.128.0/17 of peering pcx-0a1b2c3d4e5f60718",
    "one of the two routes would never be used",
    "peer from a transit VPC of another block, or take the old peering down",
)  # fmt: skip
#: Something of every kind that must not be read before an audience.
CANARY = finding(
    "zone_id", Severity.WARN, "ZONE_SINGLE",
    "all nodes of acme-prod, i-0abcdef1234567890 in subnet-0abcdef1234567890 of vpc-0abcdef1234567890, are in use1-az1: "
    "eni-0abcdef1234567890 has 192.0.2.17 of 192.0.2.0/24 and 2001:db8::17 of 2001:db8::/64",
    "the loss of the zone of shard use1-a stops replication over pcx-0abcdef1234567890 and vpce-0abcdef1234567890",
    "ask olga@vendor.example.com or arn:aws:iam::999988887777:role/ops of 999988887777, who have ip-192-0-2-17.ec2.internal "
    "in /home/olga/plan",
)  # fmt: skip


def field_of(app: App[Any], key: str) -> Any:
    """The field of a key on the screen."""
    screen: Any = app.screen
    screen.pane.focus_on(key)
    return app.focused


# -- deployments -----------------------------------------------------------------------------------------------------


@scene
def deployments_empty(stage: Stage) -> tuple[App[None], Drive]:
    for kind in ("shards", "deployments"):
        for folder in (stage.workspace.root / kind).iterdir():
            (folder / "answers.yaml").unlink()
    return stage.app(), listed


@scene
def deployments(stage: Stage) -> tuple[App[None], Drive]:
    from tests.screens import runs

    place = stage.place("use1-a")
    place.contract("shard").parent.mkdir()
    place.contract("shard").write_text("{}")
    runs.going(run_in(stage.place("acme-prod").runs))
    runs.recorded(stage.place("globex-prod").runs, "apply-fail-midway", outcome="failed")
    (stage.workspace.root / "deployments" / "initech-test").mkdir()
    (stage.workspace.root / "deployments" / "initech-test" / "answers.yaml").write_text("")
    return stage.app(), listed


@scene
def deployments_filtered(stage: Stage) -> tuple[App[None], Drive]:
    async def drive(pilot: Pilot[None]) -> None:
        await listed(pilot)
        await pilot.press(*"nobody")
        await settled(pilot)

    return stage.app(), drive


@scene
def new_object(stage: Stage) -> tuple[App[None], Drive]:
    async def drive(pilot: Pilot[None]) -> None:
        await listed(pilot)
        await pilot.press("ctrl+n")
        await pilot.pause()
        await pilot.press(*"acme-prod")
        await settled(pilot)

    return stage.app(), drive


async def listed(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: bool(pilot.app.screen.query_one(Keys).line.keys))
    await settled(pilot)


# -- answers ---------------------------------------------------------------------------------------------------------


@scene
def account(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.ACCOUNT)


@scene
def account_of_a_new_shard(stage: Stage) -> tuple[App[None], Drive]:
    place = stage.workspace.place("shard", "use1-b")
    app = Whole(stage.desk, place=place, step=Step.ACCOUNT)

    async def drive(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: getattr(pilot.app.screen, "pane", None) is not None)
        await settled(pilot)
        await pilot.press(*"12345", "tab", "n", "ctrl+n")
        await settled(pilot)

    return app, drive


@scene
def database(stage: Stage) -> tuple[App[None], Drive]:
    stage.desk.aws.found = (CRITICAL, HIGH)
    readiness.save(stage.place(), said(now=datetime(2026, 11, 20, 9, tzinfo=UTC)))

    async def drive(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await settled(pilot)
        field_of(pilot.app, "database.port")
        await pilot.press("end", "x")
        await settled(pilot)

    return stage.app("acme-prod", Step.DATABASE), drive


@scene
def findings_in_full(stage: Stage) -> tuple[App[None], Drive]:
    stage.desk.aws.found = (CRITICAL, HIGH)
    return shown(stage, Step.DATABASE, "f6")


@scene
def refused_to_go_on(stage: Stage) -> tuple[App[None], Drive]:
    stage.desk.aws.found = (CRITICAL,)
    return shown(stage, Step.DATABASE, "ctrl+n")


@scene
def choice(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.ACCOUNT, "f2")


@scene
def path_asked_for(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.DATABASE, "f3")


@scene
def topology_private(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.TOPOLOGY)


@scene
def topology_overlapping(stage: Stage) -> tuple[App[None], Drive]:
    async def drive(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await settled(pilot)
        field_of(pilot.app, "transit.vpc_cidr")
        await pilot.press(*"10.20.4.0/22")
        await settled(pilot)
        await until(pilot, lambda: not pilot.app.screen.walk.checking)  # type: ignore[attr-defined]
        await settled(pilot)

    return stage.app("acme-prod", Step.TOPOLOGY), drive


@scene
def topology_public(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.TOPOLOGY, name="globex-prod")


@scene
def sizing(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.SIZING)


@scene
def sizing_over(stage: Stage) -> tuple[App[None], Drive]:
    stage.desk.aws.found = (HIGH,)

    async def drive(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await settled(pilot)
        field_of(pilot.app, "nodes.ingestion.volumes.iops")
        await pilot.press(*"6000")
        await until(pilot, lambda: not pilot.app.screen.walk.checking)  # type: ignore[attr-defined]
        await settled(pilot)

    return stage.app("acme-prod", Step.SIZING), drive


@scene
def type_picker(stage: Stage) -> tuple[App[None], Drive]:
    async def drive(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await settled(pilot)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(pilot.app.screen, TypePicker) and pilot.app.screen._machines)
        await settled(pilot)

    return stage.app("acme-prod", Step.SIZING), drive


# -- review ----------------------------------------------------------------------------------------------------------


@scene
def review_findings(stage: Stage) -> tuple[App[None], Drive]:
    stage.desk.aws.found = (CRITICAL, HIGH, CANARY)
    return shown(stage, Step.REVIEW)


@scene
def review_without_findings(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.REVIEW)


@scene
def review_files(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.REVIEW, "e")


@scene
def review_difference(stage: Stage) -> tuple[App[None], Drive]:
    write_and_change(stage)

    async def drive(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        await settled(pilot)
        screen.post_message(Typed("nodes.fdw.count", "5"))
        await until(pilot, lambda: screen.walk.draft.text("nodes.fdw.count") == "5")
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        await until(pilot, lambda: "@@" in pilot.app.screen.query_one(SourceView).text)
        await until(pilot, lambda: not screen.walk.checking)
        await settled(pilot)

    return stage.app("acme-prod", Step.REVIEW), drive


@scene
def review_answers(stage: Stage) -> tuple[App[None], Drive]:
    async def drive(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        screen.post_message(Typed("nodes.fdw.count", "5"))
        screen.post_message(Typed("database.host", "db2.acme.example.com"))
        await until(pilot, lambda: screen.walk.draft.text("database.host").startswith("db2"))
        await until(pilot, lambda: not screen.walk.checking)
        await settled(pilot)
        await pilot.press("w")
        await settled(pilot)

    return stage.app("acme-prod", Step.REVIEW), drive


@scene
def acknowledging(stage: Stage) -> tuple[App[None], Drive]:
    stage.desk.aws.found = (HIGH,)

    async def drive(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await settled(pilot)
        pilot.app.screen.query_one(AllFindings).focus()
        await pilot.press("a")
        await settled(pilot)

    return stage.app("acme-prod", Step.REVIEW), drive


def write_and_change(stage: Stage) -> None:
    """Emit acme-prod's files, and edit one by hand."""
    from wizard.deploy.target import open_target

    place = stage.place()
    flow.write(open_target(stage.workspace, "acme-prod"), "instance")
    main = place.stack("instance") / "main.tf"
    main.write_text(main.read_text() + "# mine\n")


# -- everywhere ------------------------------------------------------------------------------------------------------


@scene
def help_of_a_field(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.DATABASE, "f1")


@scene
def command_palette(stage: Stage) -> tuple[App[None], Drive]:
    async def drive(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await settled(pilot)
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"pre")
        await palette_offers(pilot, "Previous")
        await settled(pilot)

    return stage.app("acme-prod", Step.TOPOLOGY), drive


@scene
def mfa_code(stage: Stage) -> tuple[App[None], Drive]:
    app, before = shown(stage, Step.ACCOUNT)

    async def drive(pilot: Pilot[None]) -> None:
        await before(pilot)
        pilot.app.push_screen(MfaCode("arn:aws:iam::111111111111:mfa/olga"))
        await pilot.pause()
        await pilot.press(*"123")

    return app, drive


@scene
def crashed(stage: Stage) -> tuple[App[None], Drive]:
    del stage
    lines = "\n".join(f"  line {number} of the report" for number in range(40))
    summary = (
        "✗ Planewright itself failed: ZeroDivisionError\n"
        "  why: a bug of Planewright's, not of your answers\n"
        "  next: send crash-20261121T100000Z.txt to whoever gave you Planewright; open the deployment again\n"
    )
    app = Crashed(CrashReport(Path("crash-20261121T100000Z.txt"), f"Planewright 0.1.0, Python 3.11\n{lines}", summary))
    return app, settled
