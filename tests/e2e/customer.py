"""The customer of a rehearsed world, with what the operator handed them: the bundle, their own credentials, nothing of ours.

While they act they are held to the bundle's policies: a step that these do not allow fails.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generators.handoff import cloudformation
from tests.handoff import fast_cli
from tests.handoff.account import Held, everything
from tests.handoff.customers_engine import beside_the_policies, customers_engine, ok
from tests.handoff.hands import Hands, Ran
from wizard.deploy import handoff
from wizard.deploy.target import Target
from wizard.handoff.model import Site
from wizard.rehearsal.clients import client
from wizard.rehearsal.handle import WorldHandle

SITE = Site("222222222222", "us-east-1")
#: What a stack takes beside the bundle's policies, as the page says.
OF_STACKS = frozenset(
    f"cloudformation:{action}"
    for action in (
        "CreateChangeSet",
        "DeleteStack",
        "DescribeChangeSet",
        "DescribeStacks",
        "ExecuteChangeSet",
        "GetTemplateSummary",
    )
)


@dataclass(frozen=True)
class Customer:
    """Somebody in the customer's account; `bin` has their AWS CLI, and beside it what they keep of what they got."""

    world: WorldHandle
    bin: Path

    def held(self) -> Held:
        """Everything that their account holds."""
        return everything(self.world.environ("customer"))

    def folder(self, target: Target) -> Path:
        """The folder that was made for their account; made now."""
        return handoff.write(target).folder / SITE.name

    def script(self, target: Target, *options: str, stages: tuple[str, ...]) -> Ran:
        """Run the script, held to these policies of the bundle."""
        folder = self.folder(target)
        with self._held_to(folder, *stages):
            return self._hands.script(folder / "handoff.sh", *options)

    @property
    def code(self) -> Path:
        """Where they keep the bundle's OpenTofu, with their state."""
        return self.bin / "tofu"

    def take_code(self, target: Target) -> None:
        """Take the bundle's OpenTofu over, name the security group that it cannot know, and initialise it."""
        shutil.copytree(self.folder(target) / "tofu", self.code)
        own = {"database_security_group_id": self.database_group()}
        (self.code / "own.auto.tfvars.json").write_text(json.dumps(own))
        self.tofu(target, "init", "-input=false")

    def tofu(self, target: Target, *arguments: str, stages: tuple[str, ...] = ()) -> str:
        """Run the engine there, held to these policies of the bundle and to what the README names; give what it said."""
        named = beside_the_policies((self.code / "README.md").read_text())
        with self._held_to(self.folder(target), *stages, beside=named):
            return ok(customers_engine(self.bin).run(self.code, *arguments, environ=self.world.environ("customer")))

    def stacks(self, target: Target, *, undo: bool = False) -> None:
        """Run the lines of the template's way, or those that take it back.

        Not what accepts a peering that is active, as the page's steps tell: AWS would refuse it.
        """
        folder = self.folder(target)
        active = self._peerings("active")
        lines = [
            line
            for line in (folder / "cloudformation" / cloudformation.COMMANDS).read_text().splitlines()
            if not ("accept-vpc-peering-connection" in line and any(peering in line for peering in active))
        ]
        if undo:
            lines = list(cloudformation.undo_lines(handoff.steps_of(target), SITE, target.name))
        ec2 = client(self.world.environ("customer"), "ec2")
        tables = {table["VpcId"]: table["RouteTableId"] for table in ec2.describe_route_tables()["RouteTables"]}
        with self._held_to(folder, "read", "undo" if undo else "do", beside=OF_STACKS):
            self._hands.lines(lines, folder / "cloudformation", tables=tables, group=self.database_group())

    def database_group(self) -> str:
        """The security group of the database, which the customer knows."""
        ec2 = client(self.world.environ("customer"), "ec2")
        named = [{"Name": "group-name", "Values": ["database"]}]
        (group,) = ec2.describe_security_groups(Filters=named)["SecurityGroups"]
        return str(group["GroupId"])

    def _peerings(self, state: str) -> list[str]:
        ec2 = client(self.world.environ("customer"), "ec2")
        found = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
        return [one["VpcPeeringConnectionId"] for one in found if one["Status"]["Code"] == state]

    @property
    def _hands(self) -> Hands:
        return Hands(self.world.environ("customer"), self.bin)

    @contextmanager
    def _held_to(self, folder: Path, *stages: str, beside: frozenset[str] = frozenset()) -> Iterator[None]:
        documents = [json.loads((folder / "policies" / f"{stage}.json").read_text()) for stage in stages]
        found = [statement["Action"] for one in documents for statement in one["Statement"]]
        actions = {action for one in found for action in ([one] if isinstance(one, str) else one)}
        # AWS tells everybody who they are.
        self.world.call("hold_customer", actions=sorted({*actions, *beside, "sts:GetCallerIdentity"}))
        try:
            yield
        finally:
            self.world.call("hold_customer")


@contextmanager
def customer_of(world: WorldHandle) -> Iterator[Customer]:
    """Give the customer an AWS CLI for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="pw-") as name:  # a socket's path is short
        folder = Path(name)
        cli = fast_cli.start(folder / "cli")
        try:
            fast_cli.put_on_path(folder, folder / "cli")
            yield Customer(world, folder)
        finally:
            fast_cli.end(cli)
