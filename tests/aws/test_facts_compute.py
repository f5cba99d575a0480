"""Readers of instance types, zones, images and volumes: what is missing is an answer, what is refused is an error."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from wizard.aws.facts import compute
from wizard.aws.session import AwsSession
from wizard.facts.compute import (
    ALLOWED,
    NO_IMAGE,
    NO_PARAMETER,
    Catalogue,
    Family,
    Image,
    InstanceTypes,
    OfferedZones,
    VolumeDryRun,
    names_of,
)

REGION = "us-east-1"
VOLUME = VolumeDryRun(REGION, "use1-az1", "gp3", 100, 3000, 125)


def _answering(monkeypatch: pytest.MonkeyPatch, session: AwsSession, call: str, code: str, text: str = "no") -> None:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": code, "Message": text}}, call)

    monkeypatch.setattr(session.client("ec2"), call, refuse)


def test_types_are_read_by_name_and_an_unknown_one_hides_no_other(session: AwsSession) -> None:
    found = compute.instance_types(session, InstanceTypes(REGION, names_of("r6i.large", "c99.huge", "c6gn.medium")))
    assert [it.name for it in found] == ["c6gn.medium", "r6i.large"]
    medium = found[0]
    assert (medium.architectures, medium.vcpu, medium.memory_mib) == (("arm64",), 1, 2048)
    assert medium.ebs is not None
    assert (medium.ebs.baseline_iops, medium.ebs.maximum_iops) == (2500, 40000)
    assert medium.local is None


def test_local_disks_are_read_with_how_they_are_attached(session: AwsSession) -> None:
    (found,) = compute.instance_types(session, InstanceTypes(REGION, ("h1.2xlarge",)))
    assert found.local is not None
    assert found.local.nvme == "unsupported"
    assert [(it.kind, it.count, it.size_gb) for it in found.local.disks] == [("hdd", 1, 2000)]


def test_a_family_is_one_family(session: AwsSession, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    class Pages:
        def paginate(self, **request: Any) -> list[dict[str, Any]]:
            asked.append(request["Filters"])
            return [{"InstanceTypes": []}]

    monkeypatch.setattr(session.client("ec2"), "get_paginator", lambda _: Pages())
    assert compute.family(session, Family(REGION, "r6i")) == ()
    # With the dot: `r6i*` would be r6id and r6idn as well.
    assert asked == [[{"Name": "instance-type", "Values": ["r6i.*"]}]]


def test_zones_of_a_type_are_ids(session: AwsSession) -> None:
    found = compute.offered_zones(session, OfferedZones(REGION, "r6i.4xlarge"))
    zones = {it.zone_id for it in found if it.instance_type == "r6i.4xlarge"}
    assert "use1-az1" in zones
    assert "use1-az3" not in zones


def test_one_part_of_the_catalogue_that_is_refused_fails_it_all(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a catalogue would look like a whole one."""
    read = session.client("ec2").describe_instance_types
    calls: list[Any] = []

    def third_is_refused(**request: Any) -> Any:
        calls.append(request)
        if len(calls) == 3:
            raise ClientError({"Error": {"Code": "RequestLimitExceeded", "Message": "slow down"}}, "Describe")
        del request["MaxResults"]
        return read(**request)

    monkeypatch.setattr(session.client("ec2"), "describe_instance_types", third_is_refused)
    with pytest.raises(ClientError, match="RequestLimitExceeded"):
        compute.catalogue(session, Catalogue(REGION))


def test_an_image_or_parameter_that_is_not_there_is_an_answer(session: AwsSession) -> None:
    assert compute.image(session, Image(REGION, "ami-0123456789abcdef0", "")).state == NO_IMAGE
    assert compute.image(session, Image(REGION, "", "/nobody/made/this")).state == NO_PARAMETER


def test_what_ebs_says_of_the_values_is_an_answer(session: AwsSession, monkeypatch: pytest.MonkeyPatch) -> None:
    _answering(monkeypatch, session, "create_volume", "DryRunOperation")
    assert compute.volume_dry_run(session, VOLUME) == ALLOWED
    _answering(monkeypatch, session, "create_volume", "InvalidParameterValue", "ratio is\n too high")
    assert compute.volume_dry_run(session, VOLUME) == "InvalidParameterValue: ratio is too high"


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "RequestLimitExceeded", "InternalError"])
def test_a_dry_run_that_says_nothing_of_the_values_is_no_answer(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    _answering(monkeypatch, session, "create_volume", code)
    with pytest.raises(ClientError, match=code):
        compute.volume_dry_run(session, VOLUME)


def test_only_types_that_sell_throughput_are_asked_with_it(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(session.client("ec2"), "create_volume", lambda **request: asked.append(request))
    compute.volume_dry_run(session, VOLUME)
    compute.volume_dry_run(session, VolumeDryRun(REGION, "use1-az1", "io2", 100, 3000, 0))
    assert [request.get("Throughput") for request in asked] == [125, None]
    assert all(request["DryRun"] is True for request in asked)
