"""EBS volumes: what EBS refuses, also in a dry run."""

from __future__ import annotations

from typing import Any, Final

from wizard.rehearsal.embedded.patching import wrap
from wizard.rehearsal.embedded.services.answers import failure, param

#: By type: GiB, IOPS, IOPS per GiB (EC2's API reference and the EBS user guide). None: takes no IOPS.
_LIMITS: Final[dict[str, tuple[tuple[int, int], tuple[int, int] | None, int]]] = {
    "gp2": ((1, 16384), None, 0),
    "gp3": ((1, 65536), (3000, 80000), 500),
    "io1": ((4, 16384), (100, 64000), 50),
    "io2": ((4, 65536), (100, 256000), 1000),
    "st1": ((125, 16384), None, 0),
    "sc1": ((125, 16384), None, 0),
    "standard": ((1, 1024), None, 0),
}
_GP3_MIBPS: Final = (125, 2000)


def check_volume(response: Any) -> None:
    """Refuse values that EBS refuses, before anything is made."""
    kind = param(response, "VolumeType") or "gp2"
    if kind not in _LIMITS:
        raise failure("UnknownVolumeType", f"Unsupported volume type '{kind}' for volume creation.")
    sizes, rates, ratio = _LIMITS[kind]
    size = int(param(response, "Size", 0))
    if size and not sizes[0] <= size <= sizes[1]:
        raise failure(
            "InvalidParameterValue", f"Volume of {size}GiB is invalid. It must be {sizes[0]} to {sizes[1]}GiB."
        )
    _check_iops(kind, rates, ratio, size, param(response, "Iops"))
    _check_throughput(kind, int(param(response, "Iops") or 3000), param(response, "Throughput"))


def _check_iops(kind: str, rates: tuple[int, int] | None, ratio: int, size: int, asked: Any) -> None:
    if asked is None:
        if kind in {"io1", "io2"}:
            raise failure("MissingParameter", "The request must contain the parameter iops")
        return
    if rates is None:
        raise failure("InvalidParameterCombination", f"The parameter iops is not supported for {kind} volumes.")
    iops = int(asked)
    if iops < rates[0]:
        raise failure("InvalidParameterValue", f"Volume iops of {iops} is too low; minimum is {rates[0]}.")
    if iops > rates[1]:
        raise failure("InvalidParameterValue", f"Volume iops of {iops} is too high; maximum is {rates[1]}.")
    # 3000 come with every gp3 volume, however small.
    if size and iops > max(size * ratio, 3000 if kind == "gp3" else 0):
        raise failure(
            "InvalidParameterValue", f"Iops to volume size ratio of {iops / size:f} is too high; maximum is {ratio}."
        )


def _check_throughput(kind: str, iops: int, asked: Any) -> None:
    if asked is None:
        return
    if kind != "gp3":
        raise failure("InvalidParameterCombination", f"The parameter throughput is not supported for {kind} volumes.")
    throughput = int(asked)
    if not _GP3_MIBPS[0] <= throughput <= _GP3_MIBPS[1]:
        raise failure(
            "InvalidParameterValue", f"Throughput of {throughput} must be {_GP3_MIBPS[0]} to {_GP3_MIBPS[1]}."
        )
    if throughput > iops * 0.25:
        raise failure(
            "InvalidParameterValue",
            f"Throughput (MiBps) to iops ratio of {throughput / iops:f} is too high; maximum is 0.250000 MiBps per iops.",
        )


def _create_volume(original: Any, response: Any) -> Any:
    check_volume(response)
    return original(response)


def install() -> None:
    """Complete volumes."""
    from moto.ec2.responses.elastic_block_store import ElasticBlockStore

    wrap(ElasticBlockStore, "create_volume", _create_volume)
