"""How a rehearsed world is broken, and mended: each through the API of AWS, through SQL, or by the agent's own switch.

Every function takes the world, leaves it as it is when it is broken (or mended) already, and has an opposite. What the
customer might do is done with the customer's credentials, what somebody of the vendor's might do with theirs.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Final

from wizard.errors import RehearsalError
from wizard.rehearsal.clients import client
from wizard.rehearsal.customer import DATABASE_PORT
from wizard.rehearsal.embedded import Refusal

if TYPE_CHECKING:
    from wizard.rehearsal.world import World

#: A day more than a request lasts.
_PAST_EXPIRY: Final = timedelta(days=8)
_TAKE_SLOTS: Final = """
SELECT pg_create_physical_replication_slot('left_behind_' || n)
  FROM generate_series(1, current_setting('max_replication_slots')::int
                          - (SELECT count(*)::int FROM pg_replication_slots)) AS n;
"""
_DROP_SLOTS: Final = """
SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE starts_with(slot_name::text, 'left_behind_');
"""
_ELSEWHERE: Final = "former-"
_BY_HAND: Final = [{"Key": "Name", "Value": "made by hand"}]
#: A burst that retries outlast: fewer than the attempts that a call has, so that no call can get it all and give up.
_THROTTLED_CALLS: Final = 5
_THROTTLED: Final = Refusal("RequestLimitExceeded", "Request limit exceeded.", 503)
_EXPIRED: Final = Refusal("ExpiredToken", "The security token included in the request is expired", 403)


# The customer's account


def leave_pending(world: World) -> None:
    """The customer does not accept; a peering that they have accepted cannot be un-accepted."""
    if not world.customer.awaited_peerings():
        raise RehearsalError(
            "No peering request waits for the customer",
            cause="there is none, or they have accepted it, and AWS knows no way to un-accept one",
            action="have this fault on before the customer's part",
        )


def nothing(world: World) -> None:
    """Nothing has to be taken back: from now on the customer does their part when asked."""
    del world


def reject_peering(world: World) -> None:
    """The customer rejects every request that waits."""
    leave_pending(world)
    world.customer.reject_peerings()


def let_peering_expire(world: World) -> None:
    """Let eight days pass on AWS's calendar."""
    leave_pending(world)
    world.pass_time(_PAST_EXPIRY)


def remove_route(world: World) -> None:
    """The customer's route table loses its way back to us."""
    world.customer.remove_route()


def restore_route(world: World) -> None:
    """And gets it again."""
    world.customer.restore_route()


def close_port(world: World) -> None:
    """The security group of the customer's database lets nobody in."""
    world.customer.close_security_group()


def open_port(world: World) -> None:
    """It lets us in again."""
    world.allow_database_port()


def deny_in_network_acl(world: World) -> None:
    """The network ACL of the database's subnet denies the port to everybody outside the subnet."""
    world.customer.deny_in_network_acl()


def allow_in_network_acl(world: World) -> None:
    """It denies nothing any more."""
    world.customer.allow_in_network_acl()


def switch_peering_dns_off(world: World) -> None:
    """The database is publicly accessible, and the customer's side of the peering does not resolve names for us."""
    world.customer.publish()
    world.customer.set_peering_dns(allow=False)


def switch_peering_dns_on(world: World) -> None:
    """The customer's side resolves names for us, and the database is as private as it was."""
    world.customer.set_peering_dns()
    world.customer.withdraw()


# The customer's database


def change_password(world: World) -> None:
    """The customer gives the replication user another password than the one that was seeded."""
    world.postgres.set_password(secrets.token_urlsafe(18))


def restore_password(world: World) -> None:
    """The user has the password again that was seeded."""
    world.postgres.set_password(world.database_password)


def stop_database(world: World) -> None:
    """PostgreSQL is stopped."""
    world.stop_database()


def start_database(world: World) -> None:
    """PostgreSQL runs."""
    world.start_database()


def take_every_slot(world: World) -> None:
    """Every replication slot is held by subscribers that are long gone."""
    world.postgres.sql(_TAKE_SLOTS)


def drop_slots(world: World) -> None:
    """Those slots are dropped."""
    world.postgres.sql(_DROP_SLOTS)


# The vendor's account


def stop_agent(world: World) -> None:
    """The SSM agent of the ingestion node is stopped."""
    for instance in _ingestion(world):
        world.agents.switch_off(world.network(), instance)


def start_agent(world: World) -> None:
    """It runs."""
    for instance in _ingestion(world):
        world.agents.switch_on(instance)


def _ingestion(world: World) -> list[str]:
    filters = [
        {"Name": "tag:planewright:role", "Values": ["ingestion"]},
        {"Name": "instance-state-name", "Values": ["running"]},
    ]
    found = client(world.own(), "ec2").describe_instances(Filters=filters)["Reservations"]
    return [instance["InstanceId"] for reservation in found for instance in reservation["Instances"]]


def misdirect_watcher(world: World) -> None:
    """Somebody has set the watcher's DATABASE_HOST to a name that does not exist."""
    _set_host(world, _ELSEWHERE + world.customer.premises.host)


def restore_watcher(world: World) -> None:
    """The watcher looks for the database again."""
    _set_host(world, world.customer.premises.host)


def _set_host(world: World, host: str) -> None:
    functions = client(world.own(), "lambda")
    for function in functions.list_functions()["Functions"]:
        variables = function.get("Environment", {}).get("Variables", {})
        if "DATABASE_HOST" in variables:
            functions.update_function_configuration(
                FunctionName=function["FunctionName"], Environment={"Variables": variables | {"DATABASE_HOST": host}}
            )


def move_endpoint(world: World) -> None:
    """Somebody has moved the inbound endpoint to another zone, after adding that zone to its load balancer.

    AWS takes a zone only where both are. The two subnets are made for it.
    """
    aws = _Inbound(world)
    for balancer, endpoint in aws.pairs():
        here = aws.subnets(endpoint["SubnetIds"])
        if any(_by_hand(subnet) for subnet in here):
            continue
        zone = aws.another_zone({subnet["AvailabilityZone"] for subnet in here})
        near = [subnet["SubnetId"] for subnet in aws.subnets(aws.subnets_of(balancer))]
        aws.elb.set_subnets(
            LoadBalancerArn=balancer["LoadBalancerArn"], Subnets=[*near, aws.make_subnet(balancer["VpcId"], zone)]
        )
        aws.ec2.modify_vpc_endpoint(
            VpcEndpointId=endpoint["VpcEndpointId"],
            AddSubnetIds=[aws.make_subnet(endpoint["VpcId"], zone)],
            RemoveSubnetIds=endpoint["SubnetIds"],
        )


def move_endpoint_back(world: World) -> None:
    """The endpoint stands where its load balancer first was, which is there alone again; the two subnets are gone."""
    aws = _Inbound(world)
    for balancer, endpoint in aws.pairs():
        strangers = [subnet for subnet in aws.subnets(endpoint["SubnetIds"]) if _by_hand(subnet)]
        stays = [subnet for subnet in aws.subnets(aws.subnets_of(balancer)) if not _by_hand(subnet)]
        if not strangers:
            continue
        zone = stays[0]["AvailabilityZone"]
        aws.ec2.modify_vpc_endpoint(
            VpcEndpointId=endpoint["VpcEndpointId"],
            AddSubnetIds=[aws.private_subnet_in(endpoint["VpcId"], zone)],
            RemoveSubnetIds=[subnet["SubnetId"] for subnet in strangers],
        )
        aws.elb.set_subnets(
            LoadBalancerArn=balancer["LoadBalancerArn"], Subnets=[subnet["SubnetId"] for subnet in stays]
        )
    aws.remove_what_was_made()


class _Inbound:
    """The inbound load balancers of the vendor's account, and the endpoints before them."""

    def __init__(self, world: World) -> None:
        self.ec2 = client(world.own(), "ec2")
        self.elb = client(world.own(), "elbv2")

    def pairs(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Give each load balancer whose targets are addresses at the database's port, with its endpoint."""
        groups = self.elb.describe_target_groups()["TargetGroups"]
        arns = {
            arn
            for group in groups
            if (group["TargetType"], group["Port"]) == ("ip", DATABASE_PORT)
            for arn in group["LoadBalancerArns"]
        }
        for service in self.ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]:
            for arn in arns & set(service.get("NetworkLoadBalancerArns", ())):
                [balancer] = self.elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
                of = [{"Name": "service-name", "Values": [service["ServiceName"]]}]
                for endpoint in self.ec2.describe_vpc_endpoints(Filters=of)["VpcEndpoints"]:
                    yield balancer, endpoint

    def subnets(self, ids: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ec2.describe_subnets(SubnetIds=ids)["Subnets"]
        return found

    def subnets_of(self, balancer: dict[str, Any]) -> list[str]:
        return [zone["SubnetId"] for zone in balancer["AvailabilityZones"]]

    def another_zone(self, taken: set[str]) -> str:
        zones = self.ec2.describe_availability_zones()["AvailabilityZones"]
        return str(next(zone["ZoneName"] for zone in zones if zone["ZoneName"] not in taken))

    def make_subnet(self, vpc: str, zone: str) -> str:
        """Make a small subnet in the first free block of the VPC."""
        [shown] = self.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
        taken = [IPv4Network(subnet["CidrBlock"]) for subnet in self._in(vpc)]
        blocks = IPv4Network(shown["CidrBlock"]).subnets(new_prefix=28)
        free = next((block for block in blocks if not any(block.overlaps(other) for other in taken)), None)
        if free is None:
            raise RehearsalError(
                f"{vpc} has no room for another subnet",
                cause=f"all of {shown['CidrBlock']} is taken",
                action="answer a transit.subnet_cidr that is smaller than transit.vpc_cidr",
            )
        made = self.ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=str(free),
            AvailabilityZone=zone,
            TagSpecifications=[{"ResourceType": "subnet", "Tags": _BY_HAND}],
        )
        return str(made["Subnet"]["SubnetId"])

    def private_subnet_in(self, vpc: str, zone: str) -> str:
        """Give the VPC's own subnet in this zone from which nothing leads straight to the internet."""
        candidates = [s for s in self._in(vpc) if s["AvailabilityZone"] == zone and not _by_hand(s)]
        tables = self.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
        public = {
            link["SubnetId"]
            for table in tables
            if any(route.get("GatewayId", "").startswith("igw-") for route in table["Routes"])
            for link in table["Associations"]
            if "SubnetId" in link
        }
        return str(next(s["SubnetId"] for s in candidates if s["SubnetId"] not in public))

    def remove_what_was_made(self) -> None:
        of = [{"Name": f"tag:{tag['Key']}", "Values": [tag["Value"]]} for tag in _BY_HAND]
        for subnet in self.ec2.describe_subnets(Filters=of)["Subnets"]:
            self.ec2.delete_subnet(SubnetId=subnet["SubnetId"])

    def _in(self, vpc: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
            "Subnets"
        ]
        return found


def _by_hand(subnet: dict[str, Any]) -> bool:
    return all(tag in subnet.get("Tags", ()) for tag in _BY_HAND)


# The operator's calls


def throttle(world: World) -> None:
    """AWS limits the rate of the operator's next calls to EC2."""
    end_burst(world)
    world.refuse_operator("ec2:*", _THROTTLED, times=_THROTTLED_CALLS)


def end_burst(world: World) -> None:
    """It does not any more."""
    world.refusals.lift(_THROTTLED.code)


def expire_credentials(world: World) -> None:
    """The operator's credentials have expired, whatever they call."""
    log_in(world)
    world.refuse_operator("*", _EXPIRED)


def log_in(world: World) -> None:
    """The operator has logged in again."""
    world.refusals.lift(_EXPIRED.code)
