"""The catalogue comes in pages and by pattern, and EBS refuses what EBS refuses, also in a dry run."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from wizard.rehearsal.embedded.services.images import ubuntu_image_id


def test_the_catalogue_comes_in_pages_of_a_hundred(client: Clients) -> None:
    ec2 = client("ec2")
    first = ec2.describe_instance_types()
    second = ec2.describe_instance_types(NextToken=first["NextToken"])
    one, two = ({it["InstanceType"] for it in page["InstanceTypes"]} for page in (first, second))
    assert (len(one), len(two)) == (100, 100)
    assert not one & two


def test_a_filter_takes_patterns_and_passes_over_unknown_names(client: Clients) -> None:
    ec2 = client("ec2")
    filters = [{"Name": "instance-type", "Values": ["r6i.large", "r6i.x*", "c99.huge"]}]
    found = {it["InstanceType"] for it in ec2.describe_instance_types(Filters=filters)["InstanceTypes"]}
    assert found == {"r6i.large", "r6i.xlarge"}
    offered = ec2.describe_instance_type_offerings(LocationType="availability-zone-id", Filters=filters)
    assert {it["InstanceType"] for it in offered["InstanceTypeOfferings"]} == found


def test_an_unknown_name_outside_of_a_filter_fails_the_whole_call(client: Clients) -> None:
    with pytest.raises(ClientError, match="InvalidInstanceType"):
        client("ec2").describe_instance_types(InstanceTypes=["r6i.large", "c99.huge"])


def test_a_type_of_other_regions_is_not_described(client: Clients) -> None:
    filters = [{"Name": "instance-type", "Values": ["hpc6a.48xlarge"]}]
    assert client("ec2").describe_instance_types(Filters=filters)["InstanceTypes"] == []
    assert client("ec2", region="us-east-2").describe_instance_types(Filters=filters)["InstanceTypes"] != []


def test_a_disabled_image_is_hidden_and_boots_nothing_until_it_is_enabled_again(
    client: Clients, network: dict[str, str]
) -> None:
    ec2 = client("ec2")
    image = ubuntu_image_id("us-east-1", "amd64")
    wanted = {"ImageId": image, "InstanceType": "m5.large", "SubnetId": network["subnet"], "MinCount": 1, "MaxCount": 1}
    ec2.disable_image(ImageId=image)
    assert ec2.describe_images(ImageIds=[image])["Images"] == []
    assert ec2.describe_images(ImageIds=[image], IncludeDisabled=True)["Images"][0]["State"] == "disabled"
    with pytest.raises(ClientError, match=r"InvalidAMIID\.Unavailable"):
        ec2.run_instances(**wanted)
    ec2.enable_image(ImageId=image)
    assert ec2.run_instances(**wanted)["Instances"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"VolumeType": "gp3", "Size": 100, "Iops": 3000, "Throughput": 751}, "ratio"),
        ({"VolumeType": "gp3", "Size": 100, "Iops": 2999}, "too low"),
        ({"VolumeType": "gp3", "Size": 6, "Iops": 3001}, "ratio"),
        ({"VolumeType": "gp3", "Size": 1000, "Iops": 80001}, "too high"),
        ({"VolumeType": "io2", "Size": 3, "Iops": 100}, "must be 4"),
        ({"VolumeType": "io2", "Size": 4, "Iops": 4001}, "ratio"),
        ({"VolumeType": "io2", "Size": 4}, "iops"),
        ({"VolumeType": "io2", "Size": 4, "Iops": 100, "Throughput": 125}, "not supported for io2"),
        ({"VolumeType": "gp2", "Size": 4, "Iops": 100}, "not supported for gp2"),
        ({"VolumeType": "gp9", "Size": 4}, "gp9"),
    ],
)
def test_a_volume_that_ebs_would_not_make_is_refused_dry_or_not(
    client: Clients, values: dict[str, Any], said: str
) -> None:
    for dry in (True, False):
        with pytest.raises(ClientError, match=said):
            client("ec2").create_volume(AvailabilityZone="us-east-1a", DryRun=dry, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"VolumeType": "gp3", "Size": 1, "Iops": 3000, "Throughput": 125},
        {"VolumeType": "gp3", "Size": 160, "Iops": 80000, "Throughput": 2000},
        {"VolumeType": "io2", "Size": 4, "Iops": 4000},
    ],
)
def test_a_volume_that_ebs_would_make_passes_the_dry_run_and_is_not_made(
    client: Clients, values: dict[str, Any]
) -> None:
    ec2 = client("ec2")
    with pytest.raises(ClientError, match="DryRunOperation"):
        ec2.create_volume(AvailabilityZone="us-east-1a", DryRun=True, **values)
    assert ec2.describe_volumes()["Volumes"] == []
