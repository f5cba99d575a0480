"""What instance types can do, where they are offered, and which image a role would boot. Readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from wizard.aws.errors import error_code, error_text
from wizard.aws.facts.parallel import at_once
from wizard.aws.session import AwsSession
from wizard.facts.compute import (
    ALLOWED,
    NO_IMAGE,
    NO_IMAGE_ID,
    NO_PARAMETER,
    Catalogue,
    EbsPerformance,
    Family,
    Image,
    ImageFact,
    InstanceTypeFact,
    InstanceTypes,
    LocalDisks,
    LocalStorage,
    Offered,
    OfferedZones,
    Offerings,
    VolumeDryRun,
)

#: DescribeInstanceTypes takes at most 100 names, and gives at most 100 types a page.
_TYPES_A_CALL = 100
_NO_IMAGE_CODES = frozenset({"InvalidAMIID.NotFound", "InvalidAMIID.Malformed", "InvalidAMIID.Unavailable"})
#: What CreateVolume calls values that it does not take.
_REFUSED_VALUES = frozenset(
    {
        "InvalidParameterValue",
        "InvalidParameterCombination",
        "InvalidParameter",
        "InvalidZone.NotFound",
        "UnknownVolumeType",
        "VolumeTypeNotAvailableInZone",
        "MissingParameter",
    }
)


def instance_types(session: AwsSession, ask: InstanceTypes) -> tuple[InstanceTypeFact, ...]:
    """Read types by name (ec2:DescribeInstanceTypes). By filter: a name that there is not would fail the whole call."""
    return _types(session, ask.names)


def family(session: AwsSession, ask: Family) -> tuple[InstanceTypeFact, ...]:
    """Read all sizes of a family (ec2:DescribeInstanceTypes)."""
    return _types(session, (f"{ask.family}.*",))


def _types(session: AwsSession, names: Sequence[str]) -> tuple[InstanceTypeFact, ...]:
    pages = session.client("ec2").get_paginator("describe_instance_types")
    found = pages.paginate(Filters=[{"Name": "instance-type", "Values": list(names)}])
    return _sorted(it for page in found for it in page["InstanceTypes"])


def catalogue(session: AwsSession, ask: Catalogue) -> tuple[InstanceTypeFact, ...]:
    """Read all types of the region: first their names, then 100 at a time, all at once.

    Page after page would be fourteen round trips, one after the other; so it is three or four.
    """
    del ask
    ec2 = session.client("ec2")
    names = _offered(session, "region", session.region)

    def read(some: tuple[str, ...]) -> Sequence[Any]:
        # By filter here too: a type that went away since its name was read would fail the call.
        answer = ec2.describe_instance_types(
            Filters=[{"Name": "instance-type", "Values": list(some)}], MaxResults=_TYPES_A_CALL
        )
        return answer["InstanceTypes"]

    some = [names[at : at + _TYPES_A_CALL] for at in range(0, len(names), _TYPES_A_CALL)]
    return _sorted(it for found in at_once(read, some, workers=len(some)) for it in found)


def offerings(session: AwsSession, ask: Offerings) -> tuple[str, ...]:
    """Read what a zone offers (ec2:DescribeInstanceTypeOfferings)."""
    return _offered(session, "availability-zone-id", ask.zone_id)


def _offered(session: AwsSession, where: Any, location: str) -> tuple[str, ...]:
    pages = session.client("ec2").get_paginator("describe_instance_type_offerings")
    found = pages.paginate(LocationType=where, Filters=[{"Name": "location", "Values": [location]}])
    return tuple(sorted({str(it["InstanceType"]) for page in found for it in page["InstanceTypeOfferings"]}))


def offered_zones(session: AwsSession, ask: OfferedZones) -> tuple[Offered, ...]:
    """Read where a type and its family are offered (ec2:DescribeInstanceTypeOfferings)."""
    # The exact name beside the pattern: on it rests a finding, on the other sizes only advice.
    names = [ask.instance_type, f"{ask.instance_type.partition('.')[0]}.*"]
    pages = session.client("ec2").get_paginator("describe_instance_type_offerings")
    found = pages.paginate(LocationType="availability-zone-id", Filters=[{"Name": "instance-type", "Values": names}])
    offered = {
        Offered(str(it["InstanceType"]), str(it["Location"])) for page in found for it in page["InstanceTypeOfferings"]
    }
    return tuple(sorted(offered, key=lambda it: (it.instance_type, it.zone_id)))


def image(session: AwsSession, ask: Image) -> ImageFact:
    """Follow a parameter to its image, and read the image (ssm:GetParameter, ec2:DescribeImages)."""
    image_id = ask.image_id
    if not image_id:
        try:
            image_id = session.client("ssm").get_parameter(Name=ask.parameter)["Parameter"]["Value"]
        except ClientError as error:
            if error_code(error) != "ParameterNotFound":
                raise
            return ImageFact("", NO_PARAMETER)
        if not image_id.startswith("ami-"):
            return ImageFact("", NO_IMAGE_ID)
    try:
        # A disabled one would look like none at all otherwise.
        found = session.client("ec2").describe_images(ImageIds=[image_id], IncludeDisabled=True)["Images"]
    except ClientError as error:
        if error_code(error) not in _NO_IMAGE_CODES:
            raise
        found = []
    return _image(image_id, found[0]) if found else ImageFact(image_id, NO_IMAGE)


def volume_dry_run(session: AwsSession, ask: VolumeDryRun) -> str:
    """Ask EBS for a volume without making it. EC2 looks at the permission first, then at the values."""
    wanted: dict[str, Any] = {"Throughput": ask.throughput} if ask.throughput else {}
    try:
        session.client("ec2").create_volume(
            DryRun=True,
            AvailabilityZoneId=ask.zone_id,
            VolumeType=ask.volume_type,  # type: ignore[arg-type]
            Size=ask.size_gib,
            Iops=ask.iops,
            Encrypted=True,
            **wanted,
        )
    except ClientError as error:
        code = error_code(error)
        if code == "DryRunOperation":
            return ALLOWED
        if code in _REFUSED_VALUES:
            return f"{code}: {error_text(error)}"
        raise
    return ALLOWED


def _sorted(found: Any) -> tuple[InstanceTypeFact, ...]:
    return tuple(sorted((_type(it) for it in found), key=lambda fact: fact.name))


def _type(it: Mapping[str, Any]) -> InstanceTypeFact:
    ebs = it.get("EbsInfo", {})
    network = it.get("NetworkInfo", {})
    return InstanceTypeFact(
        name=str(it["InstanceType"]),
        architectures=tuple(str(name) for name in it.get("ProcessorInfo", {}).get("SupportedArchitectures", ())),
        vcpu=it.get("VCpuInfo", {}).get("DefaultVCpus", 0),
        memory_mib=it.get("MemoryInfo", {}).get("SizeInMiB", 0),
        hypervisor=it.get("Hypervisor", ""),
        bare_metal=it.get("BareMetal", False),
        current_generation=it.get("CurrentGeneration", False),
        burstable=it.get("BurstablePerformanceSupported", False),
        local=_local(it["InstanceStorageInfo"]) if it.get("InstanceStorageSupported") else None,
        ebs=_performance(ebs["EbsOptimizedInfo"]) if ebs.get("EbsOptimizedInfo") else None,
        attachments=ebs.get("MaximumEbsAttachments", 0),
        attachment_limit=ebs.get("AttachmentLimitType", ""),
        interfaces=network.get("MaximumNetworkInterfaces", 0),
        ena=network.get("EnaSupport", ""),
        virtualization=tuple(str(name) for name in it.get("SupportedVirtualizationTypes", ())),
    )


def _local(it: Mapping[str, Any]) -> LocalStorage:
    return LocalStorage(
        nvme=it.get("NvmeSupport", ""),
        disks=tuple(
            LocalDisks(str(disk.get("Type", "")), disk.get("Count", 0), disk.get("SizeInGB", 0))
            for disk in it.get("Disks", ())
        ),
        total_gb=it.get("TotalSizeInGB", 0),
    )


def _performance(it: Mapping[str, Any]) -> EbsPerformance:
    return EbsPerformance(
        baseline_iops=it.get("BaselineIops", 0),
        maximum_iops=it.get("MaximumIops", 0),
        baseline_mbps=float(it.get("BaselineThroughputInMBps", 0)),
        maximum_mbps=float(it.get("MaximumThroughputInMBps", 0)),
    )


def _image(image_id: str, it: Mapping[str, Any]) -> ImageFact:
    root = it.get("RootDeviceName", "")
    disks = [
        mapping.get("Ebs", {}) for mapping in it.get("BlockDeviceMappings", ()) if mapping.get("DeviceName") == root
    ]
    return ImageFact(
        id=image_id,
        state=it.get("State", ""),
        architecture=it.get("Architecture", ""),
        root_device=it.get("RootDeviceType", ""),
        root_gib=next((disk.get("VolumeSize", 0) for disk in disks), 0),
        virtualization=it.get("VirtualizationType", ""),
        ena=it.get("EnaSupport", False),
    )


READERS = {
    InstanceTypes: instance_types,
    Family: family,
    Catalogue: catalogue,
    Offerings: offerings,
    OfferedZones: offered_zones,
    Image: image,
    VolumeDryRun: volume_dry_run,
}
