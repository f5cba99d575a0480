"""The private way from applications to the proxies: load balancer, endpoint, name."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.verify.outcome import Known, Outcome, failed, passed
from wizard.verify.path import PlannedHop
from wizard.verify.probes.balancing import judge_endpoint, judge_load_balancer
from wizard.verify.reads import Record
from wizard.verify.scene import Scene


def load_balancer(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The outbound load balancer is active."""
    return judge_load_balancer(scene.reads.load_balancer(_balancer(scene)), scene.deployment.name)


def _balancer(scene: Scene) -> str:
    return (scene.outputs.service or scene.private).outbound_nlb_arn


def endpoint(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The outbound endpoint is available."""
    return judge_endpoint(scene.reads.endpoint(scene.private.outbound_endpoint_id), scene.deployment.name)


def name(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The private zone's record points at the outbound endpoint."""
    path, host = scene.private, scene.deployment.proxy.host
    found = scene.reads.records(path.private_zone_id, host)
    return judge_name(host, found, path.outbound_endpoint_id, path.outbound_endpoint_dns, scene.deployment.name)


def judge_name(host: str, found: Sequence[Record], endpoint_id: str, endpoint_dns: str, deployment: str) -> Outcome:
    """Judge the record: an alias or CNAME to the endpoint, by its regional or one of its zonal names."""
    pointing = [record for record in found if record.type in ("A", "AAAA", "CNAME")]
    evidence = tuple(f"{record.name} {record.type} {', '.join(record.values)}" for record in pointing)
    names = [value.rstrip(".").lower() for record in pointing for value in record.values]
    if any(value == endpoint_dns.rstrip(".").lower() or value.startswith(f"{endpoint_id}-") for value in names):
        return passed(*evidence)
    remedy = f"planewright apply {deployment} sets the record again"
    if not pointing:
        return failed(f"the private zone has no record of {host}", remedy)
    return failed(f"{host} points elsewhere, not at {endpoint_id}", remedy, *evidence)
