"""The script of a customer without a peering, run by the real AWS CLI on two accounts, held to the bundle's own policies."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generators.handoff.script import script
from tests.generators.samples import SERVICE_OUTPUTS, SHARD_OUTPUTS, deployment_answers, shard_answers
from tests.handoff.account import differing, everything
from tests.handoff.cloud import Cloud
from tests.handoff.hands import Hands
from tests.handoff.test_script_run import actions
from wizard.answers.account import Account
from wizard.aws.session import open_session
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.blueprints.springtail.stacks import INSTANCE
from wizard.deploy import store
from wizard.deploy.teardown import require_unused
from wizard.errors import BlockedError
from wizard.handoff.model import Site, Step
from wizard.handoff.policies import policies
from wizard.handoff.steps import handoff
from wizard.rehearsal.clients import client
from wizard.rehearsal.customer import Customer, Premises
from wizard.rehearsal.embedded import CUSTOMER, VENDOR
from wizard.rehearsal.own_service import Before, OwnService
from wizard.workspace import Place

pytestmark = pytest.mark.xdist_group("handoff")

SITE = Site(CUSTOMER, "us-east-1")
ZONE = "use1-az1"


class Two:
    """The customer with a service that nobody is allowed on yet, and the vendor with an endpoint that asked for it."""

    def __init__(self, cloud: Cloud) -> None:
        self.customer = Customer(cloud.environ(CUSTOMER), CUSTOMER, VENDOR)
        self.premises: Premises = self.customer.build("service", "db.initech.example.com", ZONE)
        self.ec2 = client(cloud.environ(VENDOR), "ec2")
        vpc = self.ec2.create_vpc(CidrBlock="10.64.0.0/16")["Vpc"]["VpcId"]
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.64.0.0/18", AvailabilityZoneId=ZONE)["Subnet"][
            "SubnetId"
        ]
        self.endpoint = self.ec2.create_vpc_endpoint(
            VpcEndpointType="Interface", VpcId=vpc, ServiceName=self.premises.service_name, SubnetIds=[subnet]
        )["VpcEndpoint"]["VpcEndpointId"]
        # The endpoint asks; that our account is on the list is theirs to do.
        theirs = client(cloud.environ(CUSTOMER), "ec2")
        theirs.modify_vpc_endpoint_service_permissions(
            ServiceId=self.premises.service_name.rpartition(".")[2],
            RemoveAllowedPrincipals=[f"arn:aws:iam::{VENDOR}:root"],
        )
        # A service of ours in front of the proxies, which the customer's account is allowed on.
        ours = OwnService(cloud.environ(VENDOR), CUSTOMER)
        self.outbound = ours.build(Before(vpc, subnet, "10.64.0.20", 5432))

    def built(self) -> InstanceOutputs:
        """What our side hands over."""
        assert SERVICE_OUTPUTS.service is not None
        path = SERVICE_OUTPUTS.service.model_copy(
            update={
                "inbound_service_name": self.premises.service_name,
                "inbound_endpoint_id": self.endpoint,
                "outbound_service_name": self.outbound,
                "outbound_service_id": self.outbound.rpartition(".")[2],
            }
        )
        return SERVICE_OUTPUTS.model_copy(update={"service": path})

    def steps(self) -> tuple[Step, ...]:
        database, application = self.premises.database, self.premises.application
        raw = deployment_answers("service").model_dump(mode="json")
        raw["database"]["service_name"] = self.premises.service_name
        raw["database"]["vpc"] |= {"vpc_id": database.id, "cidr": database.cidr}
        raw["applications"][0] |= {"vpc_id": application.id, "cidr": application.cidr}
        found = handoff(DeploymentAnswers.model_validate(raw), shard_answers(), self.built(), SHARD_OUTPUTS)
        return tuple(
            step for step in found if step.site and not step.key.startswith(("database.param", "database.reb"))
        )

    @property
    def state(self) -> str:
        found = self.ec2.describe_vpc_endpoints(VpcEndpointIds=[self.endpoint])["VpcEndpoints"]
        return str(found[0]["State"])


def a_deployment(two: Two, cloud: Cloud, folder: Path) -> tuple[Any, Any]:
    """Our deployment and who works on it, as far as a teardown looks at them."""
    place = Place("deployment", "initech-prod", folder / "initech-prod")
    store.save_contract(place, INSTANCE, two.built())
    account = Account(id=VENDOR, region=SITE.region)
    session = open_session(account, environ=cloud.environ(VENDOR))
    target = SimpleNamespace(name=place.name, place=place, answers=deployment_answers("service"))
    return target, SimpleNamespace(session=session)


def test_the_script_does_the_steps_leaves_done_ones_alone_and_takes_back_what_it_did(
    cloud: Cloud, bin_folder: Path, tmp_path: Path
) -> None:
    cloud.tell(reset=True)
    two = Two(cloud)
    found = policies(two.steps(), SITE)
    path = tmp_path / "handoff.sh"
    path.write_bytes(script(two.steps(), SITE, deployment="initech-prod"))
    hands = Hands(cloud.environ(CUSTOMER), bin_folder)
    before = everything(cloud.environ(CUSTOMER))
    #: RDS knows the database by another name than the answers'; the only one on the port is taken.
    cloud.tell(allowed=actions(found.read))

    looked = hands.script(path)
    assert looked.code == 0, looked.out
    assert two.state == "pendingAcceptance"
    assert "would run: aws ec2 accept-vpc-endpoint-connections" in looked.out

    cloud.tell(allowed=actions(found.read, found.do))
    done = hands.script(path, "--apply")
    assert done.code == 0, done.out
    assert done.out.count("-> done") == 5, done.out
    assert two.state == "available"
    names = client(cloud.environ(CUSTOMER), "route53").list_hosted_zones_by_vpc(
        VPCId=two.premises.application.id, VPCRegion="us-east-1"
    )["HostedZoneSummaries"]
    assert [zone["Name"] for zone in names] == ["springtail.initech.example.com."]

    built = a_deployment(two, cloud, tmp_path)
    with pytest.raises(BlockedError, match="initech-prod is in use and is not destroyed") as refused:
        require_unused(*built)
    assert re.search(rf"endpoint vpce-\w+ of account {CUSTOMER} leads to vpce-svc-", refused.value.cause)
    assert "reject-vpc-endpoint-connections" in refused.value.action

    again = hands.script(path, "--apply")
    assert again.out.count("-> done already") == 5, again.out
    assert "running:" not in again.out

    cloud.tell(allowed=actions(found.read, found.undo))
    undone = hands.script(path, "--undo", "--apply")
    assert undone.code == 0, undone.out
    assert undone.out.count("-> taken back") == 5, undone.out
    assert two.state == "rejected"
    require_unused(*built)
    seen = cloud.tell()
    assert (seen["failures"], seen["unimplemented"]) == ([], [])
    left = differing(before, everything(cloud.environ(CUSTOMER)))
    # An endpoint that asked is rejected now, and not waiting any more.
    assert set(left) <= {"ec2 describe_vpc_endpoint_connections"}, left

    # The customer of a rehearsal does the same, and takes it back when all is torn down.
    vpc, service = two.premises.application, two.customer.service
    service.connect(vpc.id, vpc.cidr, vpc.subnet_id, "springtail.initech.example.com")
    with pytest.raises(BlockedError):
        require_unused(*built)
    service.disconnect(vpc.id)
    require_unused(*built)
    gone = two.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[two.outbound.rpartition(".")[2]])
    assert gone["Unsuccessful"] == []
