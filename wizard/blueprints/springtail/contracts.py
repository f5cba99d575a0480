"""What Springtail's stacks hand to each other, to verification and to the report. No value is a secret."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from wizard.contracts import Contract


class ShardOutputs(Contract):
    """Outputs of stack `shard`."""

    account_id: str
    region: str
    zone_id: str
    availability_zone: str
    vpc_id: str
    vpc_cidr: str
    private_subnet_id: str
    private_subnet_cidr: str
    public_subnet_id: str
    public_subnet_cidr: str
    nat_public_ip: str
    redis_replication_group_id: str
    redis_user_group_id: str
    redis_host: str
    redis_port: int
    redis_security_group_id: str
    sns_topic_arn: str


class NodeOutput(Contract):
    """One EC2 instance. `name` is its Name tag: DEPLOYMENT-ROLE-INDEX."""

    name: str
    role: str
    instance_id: str
    private_ip: str


class PeeringOutput(Contract):
    """A peering that the owner of the other VPC has to accept."""

    id: str
    peer_account_id: str
    peer_region: str
    peer_vpc_id: str
    peer_cidr: str


class PrivateOutputs(Contract):
    """The private topology's path: inbound to the database, outbound to the proxy."""

    transit_vpc_id: str
    transit_vpc_cidr: str
    inbound_nlb_arn: str
    inbound_target_group_arn: str
    inbound_service_name: str
    inbound_endpoint_id: str
    inbound_endpoint_dns: str
    outbound_nlb_arn: str
    outbound_target_group_arn: str
    outbound_service_name: str
    outbound_endpoint_id: str
    outbound_endpoint_dns: str
    private_zone_id: str
    watcher_function_name: str
    database_peering: PeeringOutput
    application_peerings: dict[str, PeeringOutput]


class ServiceOutputs(Contract):
    """The private topology's path where no network is peered: through the customer's service to the database, through
    ours to the proxy."""

    inbound_service_name: str
    inbound_endpoint_id: str
    outbound_nlb_arn: str
    outbound_target_group_arn: str
    outbound_service_name: str
    outbound_service_id: str


class PublicOutputs(Contract):
    """The public topology's path: NAT to the database, internet-facing NLB to the proxy."""

    proxy_nlb_arn: str
    proxy_nlb_dns: str
    proxy_public_ips: list[str]
    proxy_target_group_arn: str


class InstanceOutputs(Contract):
    """Outputs of stack `instance`. Exactly one of `private` (peered), `service` and `public` is set."""

    nodes: dict[str, NodeOutput]
    data_volume_ids: list[str]
    # None where ingestion keeps its data on its own disks: it has no volume then.
    slog_volume_id: str | None = None
    database_secret_name: str
    redis_secret_name: str
    redis_user_id: str
    redis_user_name: str
    redis_access_string: str
    # The engine leaves an output that is null out of what it prints.
    proxy_tls_secret_name: str | None = None
    private: PrivateOutputs | None = None
    service: ServiceOutputs | None = None
    public: PublicOutputs | None = None

    @property
    def volume_ids(self) -> tuple[str, ...]:
        """Every volume of ingestion's but its root: data in the order of pairs, then the log."""
        return (*self.data_volume_ids, *filter(None, (self.slog_volume_id,)))

    @model_validator(mode="after")
    def _one_path(self) -> Self:
        if sum(path is not None for path in (self.private, self.service, self.public)) != 1:
            raise ValueError("exactly one of private, service and public is expected")
        return self


class LinkOutputs(Contract):
    """Outputs of stack `link`: peerings whose DNS option is set on our side, or the private zone of the database's name."""

    dns_resolution_peering_ids: list[str]
    database_zone_id: str = ""
