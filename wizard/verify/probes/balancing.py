"""Load balancers and endpoints: judgements that the inbound, the outbound and the public path share. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.verify.outcome import Outcome, failed, passed, waiting

if TYPE_CHECKING:
    from wizard.aws.reads import EndpointFact, LoadBalancerFact, TargetFact


def judge_load_balancer(balancer: LoadBalancerFact | None, deployment: str) -> Outcome:
    """Judge a load balancer's own state."""
    if balancer is None:
        return failed("the load balancer is not there", f"planewright apply {deployment} builds it again")
    evidence = f"{balancer.scheme}, {', '.join(balancer.zones) or 'no zone'}: {balancer.state}"
    if balancer.state == "active":
        return passed(evidence)
    if balancer.state == "provisioning":
        return waiting("AWS", "the load balancer is being provisioned", "verify again in two minutes", evidence)
    return failed(
        f"the load balancer is {balancer.state}{f': {balancer.reason}' if balancer.reason else ''}",
        "look at it in the AWS console; a failed load balancer is replaced, not repaired",
        evidence,
    )


def judge_endpoint(endpoint: EndpointFact | None, deployment: str) -> Outcome:
    """Judge an interface endpoint's state."""
    if endpoint is None or endpoint.state in ("deleted", "deleting"):
        return failed("the endpoint is not there", f"planewright apply {deployment} builds it again")
    evidence = f"{endpoint.id} of {endpoint.service_name}: {endpoint.state}"
    match endpoint.state:
        case "available":
            return passed(evidence)
        case "pending" | "partial":
            return waiting("AWS", f"the endpoint is {endpoint.state}", "verify again in two minutes", evidence)
        case "pendingacceptance":
            return waiting(
                "the operator",
                "the endpoint service has not accepted its endpoint",
                "aws ec2 accept-vpc-endpoint-connections --vpc-endpoint-ids "
                f"{endpoint.id} --service-id {endpoint.service_name.rpartition('.')[2]}",
                evidence,
            )
    return failed(
        f"the endpoint is {endpoint.state}",
        f"delete it and run planewright apply {deployment}: an endpoint in this state never becomes available",
        evidence,
    )


def told(target: TargetFact) -> str:
    """A target's health in a line."""
    why = f" ({target.reason}{f': {target.description}' if target.description else ''})" if target.reason else ""
    return f"{target.address}:{target.port} {target.state}{why}"
