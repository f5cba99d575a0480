"""Service quotas: AWS's defaults for what a deployment uses up."""

from __future__ import annotations

from typing import Any, Final

from wizard.rehearsal.embedded.patching import add, replace
from wizard.rehearsal.embedded.services.answers import failure, param, result
from wizard.rehearsal.embedded.world import world

#: service -> code -> (name, a new account's default). Source: the project's table of quotas.
DEFAULTS: Final[dict[str, dict[str, tuple[str, float]]]] = {
    "ec2": {
        "L-1216C47A": ("Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5.0),
        "L-0263D0A3": ("EC2-VPC Elastic IPs", 5.0),
    },
    "vpc": {
        "L-F678F1CE": ("VPCs per Region", 5.0),
        "L-A4707A72": ("Internet gateways per Region", 5.0),
        "L-FE5A380F": ("NAT gateways per Availability Zone", 5.0),
        "L-29B6F2EB": ("Interface VPC endpoints per VPC", 50.0),
        "L-7E9ECCDB": ("Active VPC peering connections per VPC", 50.0),
        "L-DC9F7029": ("Outstanding VPC peering connection requests", 25.0),
        "L-8312C5BB": ("VPC peering connection request expiry hours", 168.0),
        "L-93826ACB": ("Routes per route table", 500.0),
        "L-2AFB9258": ("Security groups per network interface", 5.0),
        "L-0EA8095F": ("Inbound or outbound rules per security group", 60.0),
        "L-E79EC296": ("VPC security groups per Region", 2500.0),
        "L-407747CB": ("Subnets per VPC", 200.0),
    },
    "elasticloadbalancing": {"L-69A177A2": ("Network Load Balancers per Region", 50.0)},
}


def _described(response: Any, service: str, code: str, *, raised: bool) -> dict[str, Any]:
    name, default = DEFAULTS[service][code]
    value = world().hooks.quotas.get(code, default) if raised else default
    return {
        "ServiceCode": service,
        "ServiceName": service,
        "QuotaArn": f"arn:{response.partition}:servicequotas:{response.region}:{response.current_account}:{service}/{code}",
        "QuotaCode": code,
        "QuotaName": name,
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }


def _codes(response: Any) -> tuple[str, list[str]]:
    service = param(response, "ServiceCode")
    if service not in DEFAULTS:
        raise failure("NoSuchResourceException", f"The service {service} is not available in the current Region.")
    return service, list(DEFAULTS[service])


def _one(response: Any, *, raised: bool) -> Any:
    service, codes = _codes(response)
    code = param(response, "QuotaCode")
    if code not in codes or (raised and code in world().hooks.unapplied_quotas):
        raise failure("NoSuchResourceException", f"The request failed because {service}/{code} does not exist.")
    return result({"Quota": _described(response, service, code, raised=raised)})


def _all(response: Any, *, raised: bool) -> Any:
    service, codes = _codes(response)
    if raised:
        codes = [code for code in codes if code not in world().hooks.unapplied_quotas]
    size, start = int(param(response, "MaxResults") or 100), int(param(response, "NextToken") or 0)
    answer: dict[str, Any] = {
        "Quotas": [_described(response, service, code, raised=raised) for code in codes[start : start + size]]
    }
    if start + size < len(codes):
        answer["NextToken"] = str(start + size)
    return result(answer)


def install() -> None:
    """Answer for the quotas that the checks ask about; `Hooks.quotas` raises or lowers the applied value."""
    from moto.servicequotas.responses import ServiceQuotasResponse

    replace(ServiceQuotasResponse, "get_service_quota", lambda response: _one(response, raised=True))
    replace(ServiceQuotasResponse, "list_aws_default_service_quotas", lambda response: _all(response, raised=False))
    add(ServiceQuotasResponse, "list_service_quotas", lambda response: _all(response, raised=True))
    add(ServiceQuotasResponse, "get_aws_default_service_quota", lambda response: _one(response, raised=False))
