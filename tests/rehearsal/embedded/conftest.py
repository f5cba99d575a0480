"""One server for all of these tests, emptied before each; boto3 as the client, as everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import boto3
import pytest
from botocore.config import Config

from wizard.rehearsal.embedded import VENDOR, EmbeddedAws
from wizard.rehearsal.embedded.hooks import Hooks
from wizard.rehearsal.embedded.world import connect


class Clients(Protocol):
    def __call__(self, service: str, account: str = VENDOR, region: str = "us-east-1") -> Any: ...


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as aws:
        yield aws


@pytest.fixture
def aws(server: EmbeddedAws) -> Iterator[EmbeddedAws]:
    server.reset()
    connect(Hooks())
    yield server
    assert server.failures == ()


@pytest.fixture
def client(aws: EmbeddedAws) -> Clients:
    def make(service: str, account: str = VENDOR, region: str = "us-east-1") -> Any:
        environment = aws.environment(account, region)
        return boto3.client(
            service,
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            region_name=region,
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    return make


@pytest.fixture
def network(client: Clients) -> dict[str, str]:
    """A VPC with one subnet and a security group in the vendor's account."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24", AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="nodes", Description="nodes", VpcId=vpc)["GroupId"]
    return {"vpc": vpc, "subnet": subnet, "group": group}
