"""Stock Ubuntu: the images in every region, and the SSM public parameters that name them. Images that are disabled."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from wizard.rehearsal.embedded.patching import wrap, wrap_property
from wizard.rehearsal.embedded.services.answers import flag

UBUNTU_PARAMETER: Final = "/aws/service/canonical/ubuntu/server/24.04/stable/current/{arch}/hvm/ebs-gp3/ami-id"
"""Canonical's parameter for its current image; `arch` is amd64 or arm64."""

_CANONICAL: Final = "099720109477"
_ARCHITECTURES: Final = {"amd64": "x86_64", "arm64": "arm64"}
_PREFIX: Final = "/aws/service/canonical/"


def ubuntu_image_id(region: str, arch: str) -> str:
    """Give the image's id, which differs from region to region as it does on AWS."""
    return f"ami-{hashlib.sha256(f'{region} ubuntu 24.04 {arch}'.encode()).hexdigest()[:17]}"


def _with_ubuntu(original: Any, backend: Any) -> None:
    from moto.ec2.models.amis import Ami

    original(backend)
    for arch, architecture in _ARCHITECTURES.items():
        image_id = ubuntu_image_id(backend.region_name, arch)
        backend.amis[image_id] = Ami(
            backend,
            image_id,
            owner_id=_CANONICAL,
            owner_alias="amazon",
            public=True,
            virtualization_type="hvm",
            architecture=architecture,
            state="available",
            image_type="machine",
            name=f"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-{arch}-server-20251001",
            description=f"Canonical, Ubuntu, 24.04, {arch} noble image",
            root_device_type="ebs",
            root_device_name="/dev/sda1",
            hypervisor="xen",
            sriov="simple",
        )
        # moto has no such attribute, and an image without it boots on no instance type of today
        backend.amis[image_id].ena_support = True


def _ubuntu_disk(mappings: list[dict[str, Any]], image: Any) -> list[dict[str, Any]]:
    if image.owner_id == _CANONICAL:
        for mapping in mappings:
            mapping["Ebs"].update({"VolumeSize": 8, "VolumeType": "gp3", "DeleteOnTermination": True})
    return mappings


def _with_public_parameters(original: Any, parameters: Any, key: Any) -> None:
    original(parameters, key)
    if not str(key or "").startswith(_PREFIX):
        return
    from moto.core.utils import utcnow
    from moto.ssm.models import Parameter

    for arch in _ARCHITECTURES:
        name = UBUNTU_PARAMETER.format(arch=arch)
        if dict.__contains__(parameters, name):
            continue
        dict.__setitem__(
            parameters,
            name,
            [
                Parameter(
                    account_id=parameters.account_id,
                    name=name,
                    value=ubuntu_image_id(parameters.region_name, arch),
                    parameter_type="String",
                    description=None,
                    allowed_pattern=None,
                    keyid=None,
                    last_modified_date=utcnow(),
                    version=1,
                    data_type="aws:ec2:image",
                )
            ],
        )


def _describe_images(original: Any, response: Any) -> Any:
    answer = original(response)
    if not flag(response, "IncludeDisabled"):
        images = answer.result["Images"]
        answer.result["Images"] = [image for image in images if image.state != "disabled"]
    return answer


def install() -> None:
    """Make the images and the parameters exist."""
    from moto.ec2.models.amis import Ami, AmiBackend
    from moto.ec2.responses.amis import AmisResponse
    from moto.ssm.models import ParameterDict

    wrap(AmiBackend, "_load_amis", _with_ubuntu)
    wrap_property(Ami, "block_device_mappings", _ubuntu_disk)
    wrap(ParameterDict, "_check_loading_status", _with_public_parameters)
    wrap(AmisResponse, "describe_images", _describe_images)
