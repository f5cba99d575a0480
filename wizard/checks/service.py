"""The customer's endpoint service, as far as the answers tell: whether it is named, and where."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.checks.codes import code
from wizard.findings import Finding, Severity

MISSING = code(
    "SERVICE_NOT_NAMED",
    Severity.CRITICAL,
    why="our endpoint is made to a service by its name, which AWS gives it once the customer has made it",
    remedy="planewright handoff NAME writes what the customer makes it with; then answer database.service_name",
)
REGION = code(
    "SERVICE_OTHER_REGION",
    Severity.CRITICAL,
    why="Planewright makes endpoints within one region: PrivateLink across regions has to be opened by each service's owner",
    remedy="a shard in that region, or database.link = peering, which crosses regions",
)


def deployment(answers: DeploymentAnswers, on: ShardAnswers) -> Iterator[Finding]:
    """Check the service's name, and that all that PrivateLink joins is in the shard's region."""
    if not answers.through_service:
        return
    region, name = on.account.region, answers.database.service_name
    if not name:
        yield MISSING.at(
            "database.service_name",
            "the customer's endpoint service is not named",
            remedy=f"planewright handoff {answers.name} writes what the customer makes it with; then answer its name",
        )
    places = {"database.service_name": region_of(name) if name else region}
    if answers.database.vpc is not None:
        places["database.vpc.region"] = answers.database.vpc.region
    places |= {f"applications[{index}].region": app.region for index, app in enumerate(answers.applications)}
    for path, where in places.items():
        if where != region:
            yield REGION.at(path, f"{where} is not {region}, the shard's")


def region_of(service_name: str) -> str:
    """Give the region in a service's name: com.amazonaws.vpce.REGION.vpce-svc-…"""
    return service_name.rsplit(".", 2)[-2]
