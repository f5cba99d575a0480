"""The proxies behind their load balancer, in either topology, and the public one's listener and clients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wizard.blueprints.springtail.answers import TlsHolder
from wizard.blueprints.springtail.contracts import NodeOutput
from wizard.verify.hops import HopState
from wizard.verify.outcome import Known, Outcome, failed, passed, unprovable, unseen, waiting
from wizard.verify.path import PlannedHop
from wizard.verify.probes.balancing import judge_load_balancer, told
from wizard.verify.reads import IngressRule, Listener
from wizard.verify.scene import Scene

if TYPE_CHECKING:
    from wizard.aws.reads import LoadBalancerFact, TargetFact

_INSTALL = "answer package.s3_uri and package.sha256 and apply: then nodes install Springtail"


def load_balancer(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The public load balancer is active, faces the internet and has its fixed addresses."""
    path = scene.public
    balancer = scene.reads.load_balancer(path.proxy_nlb_arn)
    return judge_public(balancer, path.proxy_public_ips, scene.deployment.name)


def judge_public(balancer: LoadBalancerFact | None, addresses: Sequence[str], deployment: str) -> Outcome:
    """Judge the internet-facing load balancer."""
    outcome = judge_load_balancer(balancer, deployment)
    if outcome.state is not HopState.PASSED or balancer is None:
        return outcome
    if balancer.scheme != "internet-facing":
        return failed(
            f"the load balancer is {balancer.scheme}", f"planewright plan {deployment} shows it", *outcome.evidence
        )
    missing = [address for address in addresses if address not in balancer.public_ips]
    if missing:
        return failed(
            f"the load balancer has lost {', '.join(missing)}, which applications know it by",
            f"planewright plan {deployment} shows the way back",
            f"its addresses: {', '.join(balancer.public_ips) or 'none that is fixed'}",
        )
    return passed(*outcome.evidence, f"fixed addresses: {', '.join(balancer.public_ips)}")


def listener(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The listener passes TCP through to the proxies."""
    path = scene.public
    found = scene.reads.listeners(path.proxy_nlb_arn)
    return judge_listener(found, scene.deployment.proxy.port, path.proxy_target_group_arn, scene.deployment.name)


def judge_listener(found: Sequence[Listener], port: int, target_group_arn: str, deployment: str) -> Outcome:
    """Judge listeners. TLS on the load balancer would break PostgreSQL's own request for TLS: TCP it has to be."""
    evidence = tuple(f"{one.protocol} {one.port}" for one in found)
    remedy = f"planewright apply {deployment} sets it again"
    ours = next((one for one in found if one.port == port), None)
    if ours is None:
        return failed(f"nothing listens on {port}", remedy, *evidence)
    if ours.protocol != "TCP":
        return failed(f"the listener speaks {ours.protocol}; PostgreSQL needs TCP passed through", remedy, *evidence)
    if target_group_arn not in ours.target_group_arns:
        return failed("the listener forwards elsewhere, not to the proxies", remedy, *evidence)
    return passed(*evidence)


def clients(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The security group admits the listed clients and nobody else."""
    balancer = scene.reads.load_balancer(scene.public.proxy_nlb_arn)
    if balancer is None or not balancer.security_group_ids:
        return failed(
            "the load balancer has no security group: it would admit everybody",
            f"a group cannot be added later, only with a new load balancer: planewright plan {scene.deployment.name}",
        )
    proxy = scene.deployment.proxy
    return judge_clients(
        scene.reads.ingress(balancer.security_group_ids), proxy.client_cidrs, proxy.port, scene.deployment.name
    )


def judge_clients(rules: Sequence[IngressRule], cidrs: Sequence[str], port: int, deployment: str) -> Outcome:
    """Compare who is admitted with who is listed."""
    evidence = tuple(f"{rule.source} {rule.protocol} {rule.from_port}-{rule.to_port}" for rule in rules)
    admitted = {rule.source for rule in rules if rule.protocol == "-1" or rule.from_port <= port <= rule.to_port}
    remedy = f"answer proxy.client_cidrs and apply: planewright plan {deployment} shows the difference"
    strangers = sorted({rule.source for rule in rules} - set(cidrs))
    if strangers:
        return failed(f"{', '.join(strangers)} may connect, but is not listed", remedy, *evidence)
    missing = sorted(set(cidrs) - admitted)
    if missing:
        return failed(f"{', '.join(missing)} is listed, but may not connect", remedy, *evidence)
    return passed(*evidence)


def targets(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """Every proxy is registered with its load balancer."""
    return judge_registered(scene.reads.targets(_target_group(scene)), scene.proxies, scene.deployment.name)


def judge_registered(found: Sequence[TargetFact], proxies: Sequence[NodeOutput], deployment: str) -> Outcome:
    """Judge registrations, by instance or by address."""
    known = {one.address for one in found if one.state != "draining"}
    missing = [node.name for node in proxies if not known & {node.instance_id, node.private_ip}]
    evidence = tuple(f"{one.address}:{one.port}" for one in found)
    if missing:
        remedy = f"planewright apply {deployment} registers it again"
        return failed(f"{', '.join(missing)} is not registered", remedy, *evidence)
    return passed(*evidence)


def health(scene: Scene, _planned: PlannedHop, known: Known) -> Outcome:
    """The load balancer reaches the proxies. What listens there comes with the package."""
    booted = [key for key, node in scene.outputs.nodes.items() if node.role == "proxy"]
    return judge_health(
        scene.reads.targets(_target_group(scene)),
        package=bool(scene.deployment.package.s3_uri),
        simulated=any(known[f"node.{key}.boot"].state is HopState.NOT_PROVABLE for key in booted),
        services=known.get("springtail.services"),
    )


def judge_health(
    found: Sequence[TargetFact], *, package: bool, simulated: bool, services: Outcome | None = None
) -> Outcome:
    """Judge the proxies' health. `services` is what was seen of Springtail: what was never started is not sick."""
    evidence = tuple(told(one) for one in found)
    if simulated and package:
        return unprovable("the proxies' boot is simulated: no proxy runs there", "proven on real nodes only", *evidence)
    if all(one.state == "healthy" for one in found) and not simulated:
        return passed(*evidence)
    if not package:
        return unseen("no package is configured: nothing listens on the proxies", _INSTALL, *evidence)
    if services is not None and services.state is HopState.NOT_OBSERVABLE:
        return unseen(services.reason, services.remedy, *evidence)
    if any(one.state == "initial" for one in found):
        return waiting("AWS", "health checks have just begun", "verify again in a minute", *evidence)
    sick = ", ".join(one.address for one in found if one.state != "healthy")
    return failed(
        f"the load balancer does not reach {sick}",
        "on the proxy: journalctl -u 'springtail*' tells whether it runs; its security group must admit the load balancer",
        *evidence,
    )


def answers(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """Only an application's network can tell whether the proxy answers an application."""
    proxy, database = scene.deployment.proxy, scene.deployment.database
    if not scene.deployment.package.s3_uri:
        return unseen("no package is configured: there is no proxy to answer", _INSTALL)
    host = proxy.host or _by_what(scene)
    mode = "prefer" if proxy.tls is TlsHolder.NONE else "verify-full"
    return unseen(
        "it has to be asked from where applications run",
        f"from there: psql 'host={host} port={proxy.port} dbname={database.name} sslmode={mode}' -c 'select 1'",
    )


def _by_what(scene: Scene) -> str:
    """The name that applications connect by where the proxy has none of its own."""
    if scene.outputs.public is not None:
        return scene.public.proxy_nlb_dns
    return "THEIR_ENDPOINT" if scene.outputs.service is not None else scene.private.outbound_endpoint_dns


def _target_group(scene: Scene) -> str:
    if scene.outputs.public is not None:
        return scene.public.proxy_target_group_arn
    return (scene.outputs.service or scene.private).outbound_target_group_arn
