"""What probes ask, answered from AWS."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from wizard.aws import commands, network_reads, reads
from wizard.aws.commands import NodePing
from wizard.aws.errors import error_code
from wizard.aws.facts.network import owned_service
from wizard.aws.reads import EndpointFact, InstanceFact, LoadBalancerFact, PeeringFact, TargetFact, VolumeFact
from wizard.aws.session import AwsSession
from wizard.facts.network import OwnedService, ServiceSeen
from wizard.verify.hops import Identity
from wizard.verify.reads import (
    Connection,
    IngressRule,
    Listener,
    NatGateway,
    Ran,
    Record,
    RedisGroup,
    RedisUser,
    RedisUserGroup,
    Vpc,
)

_AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
_COMMENT = "planewright verify"


class AwsReads:
    """`Reads` over an open session."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    @property
    def asked(self) -> str | None:
        """Where AWS is asked: None when it is AWS itself, otherwise the URL of what stands in for it."""
        return stand_in(self._session.client("ec2").meta.endpoint_url)

    def identity(self) -> Identity:
        """Who is asking."""
        identity = self._session.identity()
        return Identity(identity.account, identity.arn)

    def instances(self, ids: Sequence[str]) -> dict[str, InstanceFact]:
        """Instances by id."""
        return reads.instances(self._session, ids)

    def managed_nodes(self, ids: Sequence[str]) -> dict[str, NodePing]:
        """Instances that SSM knows, by id."""
        return commands.online_nodes(self._session, ids)

    def volumes(self, ids: Sequence[str]) -> tuple[VolumeFact, ...]:
        """Volumes, in the order asked."""
        return reads.volumes(self._session, ids)

    def endpoint(self, endpoint_id: str) -> EndpointFact | None:
        """One interface endpoint."""
        return reads.endpoint(self._session, endpoint_id)

    def service(self, name: str) -> ServiceSeen:
        """An endpoint service of somebody else's; one that does not admit us does not exist for us."""
        region = self._session.client("ec2").meta.region_name
        with self._session.call(f"read endpoint service {name}"):
            return owned_service(self._session, OwnedService(region=region, name=name))

    def connections(self, service_id: str) -> tuple[Connection, ...]:
        """Endpoints to an endpoint service of ours; none to one that does not exist."""
        absent = _absent("InvalidVpcEndpointServiceId.NotFound", "InvalidVpcEndpointService.NotFound")
        with self._session.call(f"read the connections of {service_id}"), absent:
            pages = self._session.client("ec2").get_paginator("describe_vpc_endpoint_connections")
            return tuple(
                Connection(it["VpcEndpointId"], it.get("VpcEndpointOwner", ""), it.get("VpcEndpointState", "").lower())
                for page in pages.paginate(Filters=[{"Name": "service-id", "Values": [service_id]}])
                for it in page["VpcEndpointConnections"]
            )
        return ()

    def load_balancer(self, arn: str) -> LoadBalancerFact | None:
        """One load balancer."""
        return reads.load_balancer(self._session, arn)

    def targets(self, target_group_arn: str) -> tuple[TargetFact, ...]:
        """Everything registered with a target group."""
        return reads.target_health(self._session, target_group_arn)

    def peering(self, peering_id: str) -> PeeringFact | None:
        """One peering."""
        return reads.peering(self._session, peering_id)

    def run(self, instance_id: str, script: str, *, seconds: int) -> Ran:
        """Run a shell script on a node through SSM."""
        result = commands.run_script(self._session, instance_id, script, timeout_seconds=seconds, comment=_COMMENT)
        status = result.status.replace(" ", "").lower()
        return Ran(status, result.exit_code, result.stdout, result.stderr)

    def listeners(self, load_balancer_arn: str) -> tuple[Listener, ...]:
        """A load balancer's listeners; none for one that does not exist."""
        with self._session.call(f"read the listeners of {load_balancer_arn}"), _absent("LoadBalancerNotFound"):
            pages = self._session.client("elbv2").get_paginator("describe_listeners")
            return tuple(
                Listener(
                    port=it.get("Port", 0),
                    protocol=it.get("Protocol", ""),
                    target_group_arns=tuple(
                        action["TargetGroupArn"]
                        for action in it.get("DefaultActions", [])
                        if "TargetGroupArn" in action
                    ),
                )
                for page in pages.paginate(LoadBalancerArn=load_balancer_arn)
                for it in page["Listeners"]
            )
        return ()

    def ingress(self, group_ids: Sequence[str]) -> tuple[IngressRule, ...]:
        """Inbound rules of security groups. A prefix list counts as its id, which no list of clients holds."""
        with self._session.call("read the rules of the security groups"):
            return tuple(
                IngressRule(
                    source=it.get("CidrIpv4")
                    or it.get("CidrIpv6")
                    or it.get("PrefixListId")
                    or it.get("ReferencedGroupInfo", {}).get("GroupId", ""),
                    protocol=it.get("IpProtocol", ""),
                    from_port=it.get("FromPort", -1),
                    to_port=it.get("ToPort", -1),
                )
                for it in network_reads.inbound_rules(self._session, "group-id", group_ids)
            )

    def records(self, zone_id: str, name: str) -> tuple[Record, ...]:
        """Records of exactly this name in a hosted zone; none for a zone that does not exist."""
        wanted = name.rstrip(".").lower()
        with self._session.call(f"read the records of {name}"), _absent("NoSuchHostedZone"):
            answer = self._session.client("route53").list_resource_record_sets(
                HostedZoneId=zone_id, StartRecordName=name, MaxItems="20"
            )
            return tuple(
                Record(
                    name=it["Name"].rstrip("."),
                    type=it["Type"],
                    values=tuple(
                        [value["Value"] for value in it.get("ResourceRecords", [])]
                        or [it["AliasTarget"]["DNSName"]] * ("AliasTarget" in it)
                    ),
                )
                for it in answer["ResourceRecordSets"]
                if it["Name"].rstrip(".").lower() == wanted
            )
        return ()

    def vpc(self, vpc_id: str) -> Vpc | None:
        """One VPC."""
        with self._session.call(f"read {vpc_id}"):
            found = self._session.client("ec2").describe_vpcs(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["Vpcs"]
        if not found:
            return None
        cidrs = [it["CidrBlock"] for it in found[0].get("CidrBlockAssociationSet", []) if "CidrBlock" in it]
        return Vpc(vpc_id, found[0].get("State", ""), tuple(cidrs or [found[0].get("CidrBlock", "")]))

    def nat_gateways(self, vpc_id: str) -> tuple[NatGateway, ...]:
        """NAT gateways of a VPC that are not deleted."""
        with self._session.call(f"read the NAT gateways of {vpc_id}"):
            pages = self._session.client("ec2").get_paginator("describe_nat_gateways")
            return tuple(
                NatGateway(
                    id=it["NatGatewayId"],
                    state=it["State"],
                    public_ips=tuple(
                        address["PublicIp"] for address in it.get("NatGatewayAddresses", []) if "PublicIp" in address
                    ),
                )
                for page in pages.paginate(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])
                for it in page["NatGateways"]
                if it["State"] != "deleted"
            )

    def redis_group(self, group_id: str) -> RedisGroup | None:
        """One replication group."""
        with self._session.call(f"read replication group {group_id}"), _absent("ReplicationGroupNotFoundFault"):
            answer = self._session.client("elasticache").describe_replication_groups(ReplicationGroupId=group_id)
            it = answer["ReplicationGroups"][0]
            return RedisGroup(
                id=group_id,
                status=it.get("Status", ""),
                tls=it.get("TransitEncryptionEnabled", False),
                encrypted=it.get("AtRestEncryptionEnabled", False),
                user_group_ids=tuple(it.get("UserGroupIds", [])),
            )
        return None

    def redis_user_group(self, group_id: str) -> RedisUserGroup | None:
        """One user group."""
        with self._session.call(f"read user group {group_id}"), _absent("UserGroupNotFoundFault", "UserGroupNotFound"):
            it = self._session.client("elasticache").describe_user_groups(UserGroupId=group_id)["UserGroups"][0]
            return RedisUserGroup(group_id, it.get("Status", ""), tuple(it.get("UserIds", [])))
        return None

    def redis_users(self, ids: Sequence[str]) -> dict[str, RedisUser]:
        """Users by id."""
        # Asked for all, chosen here: an account has a page or two of them, and asking by id costs a call each.
        with self._session.call("read the Redis users"):
            return {
                it["UserId"]: RedisUser(
                    it["UserId"], it.get("UserName", ""), it.get("Status", ""), it.get("AccessString", "")
                )
                for page in self._session.client("elasticache").get_paginator("describe_users").paginate()
                for it in page["Users"]
                if it.get("UserId") in ids
            }


def stand_in(endpoint_url: str) -> str | None:
    """Give the URL when it is not one of AWS's own."""
    host = urlsplit(endpoint_url).hostname or ""
    return None if host.endswith(_AWS_DOMAINS) else endpoint_url


class _absent:  # noqa: N801 - read as the statement that it is
    """Let errors of these codes pass: the caller's next line says what it means that something does not exist."""

    def __init__(self, *codes: str) -> None:
        self._codes = codes

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        return isinstance(error, ClientError) and error_code(error) in self._codes
