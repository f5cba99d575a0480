"""VPCs, routes, security groups, endpoints, peerings and names."""

from __future__ import annotations

from wizard.changes.classes import Table, interrupts, safe

_VPC = "EC2 API: ModifyVpcAttribute"
_ROUTE = "EC2 API: ReplaceRoute"
_RULE = "EC2 API: ModifySecurityGroupRules"
_GROUP = "EC2 API: AuthorizeSecurityGroup*, RevokeSecurityGroup*"
_ENDPOINT = "EC2 API: ModifyVpcEndpoint"
_SERVICE = "EC2 API: ModifyVpcEndpointServiceConfiguration"
_PRINCIPALS = "EC2 API: ModifyVpcEndpointServicePermissions"
_PEERING = "EC2 API: ModifyVpcPeeringConnectionOptions"
_ZONE = "Route 53 API: UpdateHostedZoneComment"
_RECORD = "Route 53 API: ChangeResourceRecordSets"

_WAY = "packets take another way from that moment on"
_LET_THROUGH = "what the rule let through before is refused, as far as it does not cover it any more"
_RULE_TABLE: Table = {
    "*": interrupts(_LET_THROUGH, _RULE),
    "description": safe("a name for people", "EC2 API: UpdateSecurityGroupRuleDescriptions*"),
}
_GROUP_TABLE: Table = {
    "ingress": interrupts("who is let in is judged anew at once", _GROUP),
    "egress": interrupts("what is let out is judged anew at once", _GROUP),
    "revoke_rules_on_delete": safe("counts at the group's end", "AWS provider: an argument of its own, no call to AWS"),
}

TABLES: dict[str, Table] = {
    "aws_vpc": {
        "enable_dns_support": interrupts("names resolve in the VPC, or no longer", _VPC),
        "enable_dns_hostnames": interrupts("private names of endpoints resolve, or no longer", _VPC),
    },
    "aws_subnet": {
        "map_public_ip_on_launch": safe("counts for what is started there later", "EC2 API: ModifySubnetAttribute"),
    },
    "aws_internet_gateway": {"vpc_id": interrupts("the VPC loses its way out", "EC2 API: DetachInternetGateway")},
    "aws_nat_gateway": {
        "secondary_allocation_ids": interrupts(
            "customers see other addresses than those on their allow-lists", "EC2 API: DisassociateNatGatewayAddress"
        ),
    },
    "aws_eip": {
        "instance": interrupts("the address leads elsewhere", "EC2 API: AssociateAddress"),
        "network_interface": interrupts("the address leads elsewhere", "EC2 API: AssociateAddress"),
    },
    "aws_route": {"*": interrupts(_WAY, _ROUTE)},
    "aws_route_table": {"route": interrupts(_WAY, _ROUTE)},
    "aws_route_table_association": {"*": interrupts(_WAY, "EC2 API: ReplaceRouteTableAssociation")},
    "aws_security_group": _GROUP_TABLE,
    "aws_default_security_group": _GROUP_TABLE,
    "aws_vpc_security_group_ingress_rule": _RULE_TABLE,
    "aws_vpc_security_group_egress_rule": _RULE_TABLE,
    "aws_vpc_endpoint": {
        "subnet_ids": interrupts("the endpoint's address in a subnet that goes answers no longer", _ENDPOINT),
        "security_group_ids": interrupts("who may use the endpoint is judged by other groups at once", _ENDPOINT),
        "route_table_ids": interrupts(_WAY, _ENDPOINT),
        "policy": interrupts("calls that the policy no longer allows fail", _ENDPOINT),
        "private_dns_enabled": interrupts("names lead to the endpoint, or no longer", _ENDPOINT),
        "dns_options": interrupts("names lead to the endpoint in another way", _ENDPOINT),
        "auto_accept": safe("counts at the endpoint's making", "AWS provider: AcceptVpcEndpointConnections"),
    },
    "aws_vpc_endpoint_service": {
        "acceptance_required": safe("counts for endpoints to come; those that are connected stay", _SERVICE),
        "allowed_principals": safe("counts for endpoints to come; those that are connected stay", _PRINCIPALS),
        "network_load_balancer_arns": interrupts("connections through the load balancer that goes end", _SERVICE),
        "private_dns_name": interrupts("the earlier name leads nowhere", _SERVICE),
    },
    "aws_vpc_peering_connection": {
        "auto_accept": safe("counts while the request waits", "AWS provider: AcceptVpcPeeringConnection"),
        "accepter": interrupts("names of the other side resolve to other addresses", _PEERING),
        "requester": interrupts("names of the other side resolve to other addresses", _PEERING),
    },
    "aws_vpc_peering_connection_options": {
        "*": interrupts("names of the other side resolve to other addresses", _PEERING),
    },
    "aws_route53_zone": {
        "comment": safe("a name for people", _ZONE),
        "force_destroy": safe("counts at the zone's end", "AWS provider: an argument of its own, no call to AWS"),
        "vpc": interrupts(
            "VPCs that leave the zone resolve its names no longer", "Route 53 API: DisassociateVPCFromHostedZone"
        ),
    },
    "aws_route53_record": {
        "*": interrupts("clients connect elsewhere, each as soon as what it has looked up expires", _RECORD),
        "ttl": safe("how long a look-up counts", _RECORD),
    },
    "aws_route53_vpc_association_authorization": {},
}
