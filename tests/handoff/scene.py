"""A customer's account before our requests came, the requests, and the script run there as the customer runs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generators.handoff.script import script
from tests.handoff.cloud import Cloud
from tests.handoff.hands import Hands, Ran
from tests.verify import world
from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.handoff.model import Site, Step
from wizard.handoff.steps import handoff
from wizard.rehearsal.clients import client
from wizard.rehearsal.customer import Customer, Premises
from wizard.rehearsal.embedded import CUSTOMER, VENDOR

HOST = "db.acme.example.com"
OURS = "100.64.0.0/24"
SITE = Site(CUSTOMER, "us-east-1")
PROXY = "springtail.acme.example.com"


class Scene:
    """The two accounts, and what the customer's holds."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.cloud, self._folder = cloud, folder
        self._customer = Customer(cloud.environ(CUSTOMER), CUSTOMER)
        self.premises: Premises = self._customer.build("private", HOST, "use1-az1")
        self.ec2, self.rds, self._dns = (client(cloud.environ(CUSTOMER), name) for name in ("ec2", "rds", "route53"))
        self.outputs = self._ask()
        self.steps: tuple[Step, ...] = self.steps_of(HOST)
        self._path = folder / "handoff.sh"
        self.write(self.steps)

    def steps_of(self, host: str) -> tuple[Step, ...]:
        """The steps for a database of this name."""
        vpc = {
            "account_id": CUSTOMER,
            "region": "us-east-1",
            "vpc_id": self.premises.database.id,
            "cidr": self.premises.database.cidr,
        }
        answers = world.deployment(host=host, vpc=vpc)
        return handoff(answers, world.shard(), self.outputs, world.shard_outputs())

    def write(self, steps: tuple[Step, ...]) -> None:
        """Write the script of these steps."""
        self._path.write_bytes(script(steps, SITE, deployment="acme-prod"))

    def _ask(self) -> InstanceOutputs:
        """Do our part: a transit VPC that asks for both peerings, and a zone that each VPC may be associated with."""
        ec2, dns = client(self.cloud.environ(VENDOR), "ec2"), client(self.cloud.environ(VENDOR), "route53")
        transit = ec2.create_vpc(CidrBlock=OURS)["Vpc"]["VpcId"]

        def request(vpc: Any) -> dict[str, str]:
            made = ec2.create_vpc_peering_connection(VpcId=transit, PeerOwnerId=CUSTOMER, PeerVpcId=vpc.id)
            return {
                "id": made["VpcPeeringConnection"]["VpcPeeringConnectionId"],
                "peer_account_id": CUSTOMER,
                "peer_region": "us-east-1",
                "peer_vpc_id": vpc.id,
                "peer_cidr": vpc.cidr,
            }

        zone = dns.create_hosted_zone(
            Name=PROXY, CallerReference="1", VPC={"VPCRegion": "us-east-1", "VPCId": transit}
        )["HostedZone"]["Id"].removeprefix("/hostedzone/")
        application = self.premises.application
        dns.create_vpc_association_authorization(
            HostedZoneId=zone, VPC={"VPCRegion": "us-east-1", "VPCId": application.id}
        )
        value = world.outputs().model_dump()
        value["private"] |= {
            "transit_vpc_id": transit,
            "transit_vpc_cidr": OURS,
            "private_zone_id": zone,
            "database_peering": request(self.premises.database),
            "application_peerings": {"web": request(application)},
        }
        return InstanceOutputs.model_validate(value)

    def run(self, *options: str, account: str = CUSTOMER) -> Ran:
        """Run the script with credentials of an account."""
        return Hands(self.cloud.environ(account), self._folder).script(self._path, *options)

    def held(self) -> dict[str, Any]:
        """What the customer's account holds of all that a step could touch."""
        instance = self.rds.describe_db_instances()["DBInstances"][0]
        group = instance["DBParameterGroups"][0]["DBParameterGroupName"]
        application = {"VPCRegion": "us-east-1", "VPCId": self.premises.application.id}
        return {
            "peerings": {
                one["VpcPeeringConnectionId"]: one["Status"]["Code"]
                for one in self.ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
            },
            "dns": sorted(
                one["VpcPeeringConnectionId"]
                for one in self.ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
                if one["AccepterVpcInfo"].get("PeeringOptions", {}).get("AllowDnsResolutionFromRemoteVpc")
            ),
            "routes": sorted(
                (table["RouteTableId"], route["DestinationCidrBlock"], route.get("VpcPeeringConnectionId", ""))
                for table in self.ec2.describe_route_tables()["RouteTables"]
                for route in table["Routes"]
            ),
            "rules": sorted(
                (rule["GroupId"], rule["IsEgress"], rule.get("CidrIpv4", ""), rule["FromPort"])
                for rule in self.ec2.describe_security_group_rules()["SecurityGroupRules"]
            ),
            "zones": sorted(
                zone["HostedZoneId"]
                for zone in self._dns.list_hosted_zones_by_vpc(**application)["HostedZoneSummaries"]
            ),
            "parameter group": group,
            "parameters": self.parameters(group),
            "groups": sorted(
                one["DBParameterGroupName"] for one in self.rds.describe_db_parameter_groups()["DBParameterGroups"]
            ),
        }

    def require_done(self, held: dict[str, Any], *, parameters: bool = True) -> None:
        """Fail unless this is what the account holds once every step is done, the restart left aside.

        Without `parameters`, what belongs to the code that has the database is left aside as well.
        """
        path, premises = self.outputs.private, self.premises
        assert path is not None
        assert set(held["peerings"].values()) == {"active"}
        assert held["dns"] == [path.database_peering.id]
        for vpc, peering in (
            (premises.database, path.database_peering),
            (premises.application, path.application_peerings["web"]),
        ):
            assert (vpc.route_table_id, OURS, peering.id) in held["routes"]
        assert (premises.security_group_id, False, OURS, 5432) in held["rules"]
        assert path.private_zone_id in " ".join(held["zones"])
        assert not parameters or held["parameters"]["rds.logical_replication"] == "1"

    def parameters(self, group: str) -> dict[str, str]:
        """The values of a parameter group."""
        if group.startswith("default."):
            return {}
        found = self.rds.describe_db_parameters(DBParameterGroupName=group)["Parameters"]
        return {one["ParameterName"]: one["ParameterValue"] for one in found}
