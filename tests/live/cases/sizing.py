"""Instance types and volumes that do not do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.live.account import Account, Case
from wizard.findings import Severity
from wizard.rehearsal.embedded.services.images import ubuntu_image_id

ARM = ubuntu_image_id("us-east-1", "arm64")
INTEL = ubuntu_image_id("us-east-1", "amd64")
TYPE = "nodes.ingestion.instance_type"
IOPS = "nodes.ingestion.volumes.iops"


def _ingestion(instance_type: str, **more: Any) -> Mapping[str, Any]:
    return {TYPE: instance_type, **{f"nodes.ingestion.{key.replace('__', '.')}": value for key, value in more.items()}}


def _parameter(account: Account) -> None:
    account.client("ssm").put_parameter(Name="/acme/version", Value="1.2.3", Type="String")


def _refused(account: Account) -> None:
    refusal = ("VolumeTypeNotAvailableInZone", "The volume type is not available in use1-az1.", 400)
    account.fault(refusals={"ec2:CreateVolume": refusal})


def _own_image(account: Account) -> str:
    image_id = str(account.client("ec2").register_image(Name="acme", VirtualizationType="hvm")["ImageId"])
    account.client("ssm").put_parameter(Name="/acme/image", Value=image_id, Type="String")
    return image_id


def _small_root(account: Account) -> None:
    _own_image(account)


def _disabled_image(account: Account) -> None:
    account.client("ec2").disable_image(ImageId=_own_image(account))


CASES = (
    Case(
        "TYPE_UNKNOWN",
        "there is no such size of the family",
        Severity.CRITICAL,
        TYPE,
        ("there is no r6i.3xlarge in us-east-1", "r6i.2xlarge", "r6i.4xlarge"),
        deployment=_ingestion("r6i.3xlarge"),
    ),
    Case(
        "TYPE_UNKNOWN",
        "there is no such family; the other roles are checked all the same",
        Severity.CRITICAL,
        "nodes.proxy.instance_type",
        ("there is no r99i.large", "planewright sizes acme-prod proxy"),
        deployment={"nodes.proxy.instance_type": "r99i.large"},
    ),
    Case(
        "TYPE_NOT_OFFERED",
        "the shard's zone is an old one",
        Severity.CRITICAL,
        TYPE,
        ("use1-az3 does not offer r6i.4xlarge", "use1-az1", "another family"),
        shard={"zone_id": "use1-az3"},
    ),
    Case(
        "ARCH_MISMATCH",
        "an arm64 image on an x86_64 type",
        Severity.CRITICAL,
        "nodes.ingestion.ami.id",
        (f"{ARM} is built for arm64, r6i.4xlarge runs x86_64", "planewright sizes acme-prod ingestion arm64"),
        deployment={"nodes.ingestion.ami.id": ARM},
    ),
    Case(
        "ARCH_MISMATCH",
        "an x86_64 image on an arm64 type",
        Severity.CRITICAL,
        "nodes.fdw.ami.id",
        (f"{INTEL} is built for x86_64, r7g.xlarge runs arm64",),
        deployment={"nodes.fdw.instance_type": "r7g.xlarge", "nodes.fdw.ami.id": INTEL},
    ),
    Case(
        "ARCH_MISMATCH",
        "the parameter names an image for something else",
        Severity.CRITICAL,
        "nodes.proxy.ami.parameter",
        ("built for arm64", "c6i.xlarge runs x86_64"),
        deployment={
            "nodes.proxy.ami.parameter": "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id"
        },
    ),
    Case(
        "ARCH_MISMATCH",
        "a Mac",
        Severity.CRITICAL,
        "nodes.proxy.instance_type",
        ("mac2.metal runs arm64_mac",),
        deployment={"nodes.proxy.instance_type": "mac2.metal"},
    ),
    Case(
        "IMAGE_MISSING",
        "no such image, or another's",
        Severity.CRITICAL,
        "nodes.proxy.ami.id",
        ("ami-0123456789abcdef0 does not exist in us-east-1", "111111111111", "launch permission"),
        deployment={"nodes.proxy.ami.id": "ami-0123456789abcdef0"},
    ),
    Case(
        "IMAGE_MISSING",
        "no such parameter",
        Severity.CRITICAL,
        "nodes.proxy.ami.parameter",
        ("parameter /nobody/made/this does not exist",),
        deployment={"nodes.proxy.ami.parameter": "/nobody/made/this"},
    ),
    Case(
        "IMAGE_MISSING",
        "the parameter holds something else",
        Severity.CRITICAL,
        "nodes.proxy.ami.parameter",
        ("/acme/version does not hold an AMI's id",),
        deployment={"nodes.proxy.ami.parameter": "/acme/version"},
        prepare=_parameter,
    ),
    Case(
        "IMAGE_NOT_AVAILABLE",
        "an image that somebody has disabled",
        Severity.CRITICAL,
        "nodes.proxy.ami.parameter",
        ("is disabled", "enable-image"),
        deployment={"nodes.proxy.ami.parameter": "/acme/image"},
        prepare=_disabled_image,
    ),
    Case(
        "IMAGE_UNFIT",
        "the root volume is smaller than the image",
        Severity.CRITICAL,
        "nodes.proxy.root_volume_gib",
        ("8 GiB", "needs 15 GiB"),
        deployment={"nodes.proxy.ami.parameter": "/acme/image", "nodes.proxy.root_volume_gib": 8},
        prepare=_small_root,
    ),
    Case(
        "NVME_REQUIRED",
        "local storage on a type that has none",
        Severity.CRITICAL,
        TYPE,
        ("r6i.4xlarge has no local NVMe: it has no instance storage", "ebs (nodes.ingestion.storage)"),
        deployment=_ingestion("r6i.4xlarge", storage="nvme"),
    ),
    Case(
        "NVME_UNSUPPORTED",
        "local storage that is not attached by NVMe",
        Severity.CRITICAL,
        TYPE,
        ("x1.16xlarge has no local NVMe", "1 x 1920 GB ssd", "not attached by NVMe"),
        deployment=_ingestion("x1.16xlarge", storage="nvme"),
    ),
    Case(
        "NVME_UNSUPPORTED",
        "local storage on spinning disks",
        Severity.CRITICAL,
        TYPE,
        ("d3.4xlarge", "hdd", "spinning disks"),
        deployment=_ingestion("d3.4xlarge", storage="nvme"),
    ),
    Case(
        "LOCAL_STORAGE_EPHEMERAL",
        "local storage that would do",
        Severity.HIGH,
        "nodes.ingestion.storage",
        ("i4i.2xlarge's own disks alone", "ebs"),
        deployment=_ingestion("i4i.2xlarge", storage="nvme"),
    ),
    Case(
        "EBS_NOT_OPTIMIZED",
        "a type of long ago",
        Severity.CRITICAL,
        "nodes.fdw.instance_type",
        ("t2.xlarge cannot be EBS-optimized",),
        deployment={"nodes.fdw.instance_type": "t2.xlarge"},
    ),
    Case(
        "IOPS_ABOVE_BASELINE",
        "the reference's machine, with its volumes",
        Severity.CRITICAL,
        IOPS,
        ("c6gn.medium: 4 x 3000 + 1 x 3000 + root 3000 = 18000 of 2500 baseline (burst 40000): over by 15500",),
        deployment=_ingestion("c6gn.medium"),
    ),
    Case(
        "IOPS_ABOVE_BASELINE",
        "the family's next size would do, or fewer IOPS",
        Severity.CRITICAL,
        IOPS,
        ("6 x 4000", "= 30000 of 20000 baseline", "r6i.8xlarge and up", "lists what would do"),
        deployment=_ingestion("r6i.4xlarge", volumes__count=6, volumes__iops=4000),
    ),
    Case(
        "IOPS_ABOVE_BASELINE",
        "a small proxy's root volume could do more than the instance",
        Severity.INFO,
        "nodes.proxy.instance_type",
        ("c6gn.medium: root 3000 = 3000 of 2500 baseline", "nothing has to change"),
        deployment={"nodes.proxy.instance_type": "c6gn.medium"},
    ),
    Case(
        "THROUGHPUT_ABOVE_BASELINE",
        "throughput is bought that the instance does not carry",
        Severity.WARN,
        "nodes.ingestion.volumes.throughput_mibps",
        ("4 x 250 + 1 x 125 + root 125 = 1250 MiB/s = 1311 MB/s of 625 baseline (burst 1250): over by 686",),
        deployment=_ingestion("r6i.4xlarge", volumes__throughput_mibps=250),
    ),
    Case(
        "THROUGHPUT_ABOVE_BASELINE",
        "what comes with the volumes may lie idle",
        Severity.INFO,
        "nodes.ingestion.volumes.throughput_mibps",
        ("= 750 MiB/s = 786 MB/s of 625 baseline", "nothing has to change"),
    ),
    Case(
        "VOLUME_ATTACHMENTS",
        "a type whose own disks leave room for three volumes",
        Severity.CRITICAL,
        TYPE,
        ("6 volumes with the root volume; d3.8xlarge attaches 3", "taken off already"),
        deployment=_ingestion("d3.8xlarge"),
    ),
    Case(
        "IOPS_ABOVE_MAXIMUM",
        "more than gp3 has",
        Severity.CRITICAL,
        IOPS,
        ("80001 IOPS of gp3; at most 80000",),
        deployment=_ingestion("r6i.32xlarge", volumes__iops=80001, volumes__size_gib=1000),
    ),
    Case(
        "IOPS_ABOVE_MAXIMUM",
        "io2 on a machine without Nitro",
        Severity.CRITICAL,
        IOPS,
        ("40000 IOPS of io2; r4.16xlarge is not built on Nitro: at most 32000",),
        deployment=_ingestion("r4.16xlarge", volumes__type="io2", volumes__iops=40000, volumes__size_gib=1000),
    ),
    Case(
        "IOPS_BELOW_MINIMUM",
        "less than comes with gp3",
        Severity.CRITICAL,
        IOPS,
        ("2000 IOPS of gp3; at least 3000", "cost nothing"),
        deployment=_ingestion("r6i.4xlarge", volumes__iops=2000),
    ),
    Case(
        "VOLUME_TOO_SMALL",
        "io2 begins at 4 GiB",
        Severity.CRITICAL,
        "nodes.ingestion.slog.size_gib",
        ("2 GiB of io2; at least 4",),
        deployment=_ingestion("r6i.4xlarge", slog__type="io2", slog__size_gib=2, slog__iops=1000),
    ),
    Case(
        "VOLUME_RATIO",
        "too many IOPS for so small an io2 volume",
        Severity.CRITICAL,
        "nodes.ingestion.slog.iops",
        ("4001 IOPS on 4 GiB of io2; at most 4000", "5 GiB"),
        deployment=_ingestion("r6i.4xlarge", slog__type="io2", slog__size_gib=4, slog__iops=4001),
    ),
    Case(
        "PROVIDER_LIMIT",
        "more throughput than the pinned provider takes",
        Severity.CRITICAL,
        "nodes.ingestion.volumes.throughput_mibps",
        ("1001 MiB/s; hashicorp/aws 5.100 takes at most 1000",),
        deployment=_ingestion("r6i.32xlarge", volumes__throughput_mibps=1001, volumes__iops=8000),
    ),
    Case(
        "VOLUME_REFUSED",
        "EBS knows better",
        Severity.CRITICAL,
        "nodes.ingestion.volumes",
        ("VolumeTypeNotAvailableInZone", "not available in use1-az1"),
        prepare=_refused,
    ),
    Case(
        "MEMORY_BELOW_CACHE",
        "the reference's machine: a write cache larger than its memory",
        Severity.CRITICAL,
        TYPE,
        ("write cache 2560 + data cache 1024", "of 2048 MiB"),
        deployment=_ingestion("c6gn.medium"),
    ),
    Case(
        "MEMORY_BELOW_CACHE",
        "room for the caches, and none for the system",
        Severity.HIGH,
        TYPE,
        ("+ system 1024 = 4760 MiB of 4096 MiB: over by 664",),
        deployment=_ingestion("c6i.large"),
    ),
    Case(
        "ROLE_TOO_SMALL",
        "a small FDW node",
        Severity.WARN,
        "nodes.fdw.instance_type",
        ("c6i.large has 2 vCPU and 4 GiB; fdw wants 2 and 8 at least", "c6i.xlarge and up"),
        deployment={"nodes.fdw.instance_type": "c6i.large"},
    ),
    Case(
        "BURSTABLE",
        "ingestion on CPU credits",
        Severity.WARN,
        TYPE,
        ("t3.2xlarge is burstable", "planewright sizes acme-prod ingestion"),
        deployment=_ingestion("t3.2xlarge"),
    ),
)
