"""What the AWS provider calls for each type of resource and of data: the IAM actions of its life.

As `hashicorp/aws` 5.100 makes them: its recorded calls, and, where a rehearsal has no occasion for them (an update of
something that nobody changed, tags that go with a creation), its source and AWS's list of dependent actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Calls:
    """IAM actions to read, to make or change, and to remove; `given` are those that an argument brings with it."""

    read: tuple[str, ...] = ()
    do: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _of(service: str, names: str) -> tuple[str, ...]:
    return tuple(name if ":" in name else f"{service}:{name}" for name in names.split())


def _calls(service: str, *, read: str = "", do: str = "", undo: str = "", **given: str) -> Calls:
    """Name actions of one service; `service:Action` is another's."""
    by_argument = {argument: _of(service, names) for argument, names in given.items()}
    return Calls(_of(service, read), _of(service, do), _of(service, undo), MappingProxyType(by_argument))


#: Volumes and snapshots under a KMS key of one's own: EBS asks for them in the caller's name.
_EBS_KEY = (
    "kms:CreateGrant kms:Decrypt kms:DescribeKey kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo"
)
_KEY_OF_SECRETS = "kms:Decrypt kms:GenerateDataKey"
_RULE_READ = "DescribeSecurityGroupRules DescribeSecurityGroups"

RESOURCES: Final[Mapping[str, Calls]] = MappingProxyType(
    {
        # The network
        "aws_vpc": _calls(
            "ec2",
            read="DescribeVpcs DescribeVpcAttribute DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups",
            do="CreateVpc ModifyVpcAttribute",
            undo="DeleteVpc",
            tags="CreateTags DeleteTags",
        ),
        "aws_default_security_group": _calls(
            "ec2",
            read="DescribeSecurityGroups DescribeSecurityGroupRules",
            # It makes nothing: it takes the rules away that the VPC's default group was born with.
            do="RevokeSecurityGroupIngress RevokeSecurityGroupEgress CreateTags DeleteTags",
        ),
        "aws_subnet": _calls(
            "ec2",
            read="DescribeSubnets DescribeNetworkInterfaces",
            do="CreateSubnet ModifySubnetAttribute",
            undo="DeleteSubnet",
            tags="CreateTags DeleteTags",
        ),
        "aws_internet_gateway": _calls(
            "ec2",
            read="DescribeInternetGateways",
            do="CreateInternetGateway AttachInternetGateway",
            undo="DetachInternetGateway DeleteInternetGateway",
            tags="CreateTags DeleteTags",
        ),
        "aws_eip": _calls(
            "ec2",
            read="DescribeAddresses DescribeAddressesAttribute DescribeNetworkInterfaces",
            do="AllocateAddress",
            undo="DisassociateAddress ReleaseAddress",
            tags="CreateTags DeleteTags",
        ),
        "aws_nat_gateway": _calls(
            "ec2",
            read="DescribeNatGateways",
            do="CreateNatGateway",
            undo="DeleteNatGateway",
            tags="CreateTags DeleteTags",
        ),
        "aws_route_table": _calls(
            "ec2",
            read="DescribeRouteTables",
            do="CreateRouteTable",
            undo="DisassociateRouteTable DeleteRouteTable",
            tags="CreateTags DeleteTags",
        ),
        "aws_route": _calls("ec2", read="DescribeRouteTables", do="CreateRoute ReplaceRoute", undo="DeleteRoute"),
        "aws_route_table_association": _calls(
            "ec2",
            read="DescribeRouteTables",
            do="AssociateRouteTable ReplaceRouteTableAssociation",
            undo="DisassociateRouteTable",
        ),
        "aws_security_group": _calls(
            "ec2",
            read="DescribeSecurityGroups DescribeSecurityGroupRules DescribeNetworkInterfaces",
            do="CreateSecurityGroup RevokeSecurityGroupEgress",  # a group is born with one rule, to everywhere
            undo="DeleteSecurityGroup",
            tags="CreateTags DeleteTags",
        ),
        "aws_vpc_security_group_ingress_rule": _calls(
            "ec2",
            read=_RULE_READ,
            do="AuthorizeSecurityGroupIngress ModifySecurityGroupRules CreateTags DeleteTags",
            undo="RevokeSecurityGroupIngress",
        ),
        "aws_vpc_security_group_egress_rule": _calls(
            "ec2",
            read=_RULE_READ,
            do="AuthorizeSecurityGroupEgress ModifySecurityGroupRules CreateTags DeleteTags",
            undo="RevokeSecurityGroupEgress",
        ),
        "aws_vpc_endpoint": _calls(
            "ec2",
            read="DescribeVpcEndpoints DescribePrefixLists DescribeNetworkInterfaces DescribeSecurityGroups "
            "DescribeSubnets DescribeVpcs",
            do="CreateVpcEndpoint ModifyVpcEndpoint",
            undo="DeleteVpcEndpoints",
            tags="CreateTags DeleteTags",
            # Private names are a hosted zone of AWS's, which EC2 associates in the caller's name.
            private_dns_enabled="route53:AssociateVPCWithHostedZone",
        ),
        "aws_vpc_endpoint_service": _calls(
            "ec2",
            read="DescribeVpcEndpointServiceConfigurations DescribeVpcEndpointServicePermissions "
            "DescribeVpcEndpointServices elasticloadbalancing:DescribeLoadBalancers",
            do="CreateVpcEndpointServiceConfiguration ModifyVpcEndpointServiceConfiguration "
            "ModifyVpcEndpointServicePermissions",
            undo="DeleteVpcEndpointServiceConfigurations",
            tags="CreateTags DeleteTags",
        ),
        "aws_vpc_peering_connection": _calls(
            "ec2",
            read="DescribeVpcPeeringConnections",
            do="CreateVpcPeeringConnection",
            undo="DeleteVpcPeeringConnection",
            tags="CreateTags DeleteTags",
        ),
        "aws_vpc_peering_connection_options": _calls(
            "ec2", read="DescribeVpcPeeringConnections", do="ModifyVpcPeeringConnectionOptions"
        ),
        # Nodes
        "aws_instance": _calls(
            "ec2",
            read="DescribeInstances DescribeInstanceAttribute DescribeInstanceTypes DescribeInstanceCreditSpecifications "
            "DescribeImages DescribeTags DescribeVolumes DescribeVpcs DescribeSubnets DescribeSecurityGroups "
            "DescribeNetworkInterfaces iam:GetInstanceProfile",
            # Another type stops and starts the node; another profile is associated anew.
            do="RunInstances ModifyInstanceAttribute ModifyInstanceMetadataOptions MonitorInstances UnmonitorInstances "
            "StartInstances StopInstances ModifyVolume DescribeVolumesModifications",
            undo="TerminateInstances",
            tags="CreateTags DeleteTags",
            iam_instance_profile="iam:PassRole DescribeIamInstanceProfileAssociations AssociateIamInstanceProfile "
            "ReplaceIamInstanceProfileAssociation DisassociateIamInstanceProfile",
            kms_key_id=_EBS_KEY,
        ),
        "aws_ebs_volume": _calls(
            "ec2",
            read="DescribeVolumes DescribeVolumesModifications",
            do="CreateVolume ModifyVolume",
            undo="DeleteVolume",
            tags="CreateTags DeleteTags",
            kms_key_id=_EBS_KEY,
        ),
        "aws_volume_attachment": _calls(
            "ec2",
            read="DescribeVolumes DescribeInstances",
            do="AttachVolume",
            undo="DetachVolume",
            stop_instance_before_detaching="StopInstances",
        ),
        "aws_ssm_parameter": _calls(
            "ssm",
            # Of a plain parameter too, the provider asks for decryption; KMS is not asked then.
            read="DescribeParameters GetParameter GetParameters ListTagsForResource",
            do="PutParameter AddTagsToResource RemoveTagsFromResource",
            undo="DeleteParameter",
        ),
        "aws_secretsmanager_secret": _calls(
            "secretsmanager",
            read="DescribeSecret GetResourcePolicy",
            do="CreateSecret UpdateSecret RestoreSecret TagResource UntagResource",
            undo="DeleteSecret",
            kms_key_id=_KEY_OF_SECRETS,
        ),
        # Roles
        "aws_iam_role": _calls(
            "iam",
            read="GetRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole ListRoleTags "
            "GetRolePolicy",
            do="CreateRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy TagRole UntagRole",
            undo="DeleteRole",
            permissions_boundary="PutRolePermissionsBoundary",
        ),
        "aws_iam_role_policy": _calls("iam", read="GetRolePolicy", do="PutRolePolicy", undo="DeleteRolePolicy"),
        "aws_iam_role_policy_attachment": _calls(
            "iam", read="ListAttachedRolePolicies", do="AttachRolePolicy", undo="DetachRolePolicy"
        ),
        "aws_iam_instance_profile": _calls(
            "iam",
            read="GetInstanceProfile GetRole ListInstanceProfileTags",
            # A role in a profile is handed to EC2: iam:PassRole.
            do="CreateInstanceProfile AddRoleToInstanceProfile TagInstanceProfile UntagInstanceProfile PassRole",
            undo="RemoveRoleFromInstanceProfile DeleteInstanceProfile",
        ),
        # Redis and events
        "aws_elasticache_subnet_group": _calls(
            "elasticache",
            read="DescribeCacheSubnetGroups ListTagsForResource",
            do="CreateCacheSubnetGroup ModifyCacheSubnetGroup AddTagsToResource RemoveTagsFromResource",
            undo="DeleteCacheSubnetGroup",
        ),
        "aws_elasticache_parameter_group": _calls(
            "elasticache",
            read="DescribeCacheParameterGroups DescribeCacheParameters ListTagsForResource",
            do="CreateCacheParameterGroup ModifyCacheParameterGroup ResetCacheParameterGroup AddTagsToResource "
            "RemoveTagsFromResource",
            undo="DeleteCacheParameterGroup",
        ),
        "aws_elasticache_user": _calls(
            "elasticache",
            read="DescribeUsers ListTagsForResource",
            do="CreateUser ModifyUser AddTagsToResource RemoveTagsFromResource",
            undo="DeleteUser",
        ),
        "aws_elasticache_user_group": _calls(
            "elasticache",
            read="DescribeUserGroups ListTagsForResource",
            do="CreateUserGroup ModifyUserGroup AddTagsToResource RemoveTagsFromResource",
            undo="DeleteUserGroup",
        ),
        "aws_elasticache_user_group_association": _calls(
            "elasticache",
            read="DescribeUserGroups",
            do="ModifyUserGroup",
        ),
        "aws_elasticache_replication_group": _calls(
            "elasticache",
            read="DescribeReplicationGroups DescribeCacheClusters ListTagsForResource ec2:DescribeSubnets "
            "ec2:DescribeVpcs ec2:DescribeNetworkInterfaces",
            do="CreateReplicationGroup ModifyReplicationGroup ModifyReplicationGroupShardConfiguration "
            "IncreaseReplicaCount DecreaseReplicaCount AddTagsToResource RemoveTagsFromResource "
            "iam:CreateServiceLinkedRole",
            undo="DeleteReplicationGroup",
            kms_key_id="kms:CreateGrant kms:DescribeKey",
        ),
        "aws_sns_topic": _calls(
            "sns",
            read="GetTopicAttributes ListTagsForResource",
            do="CreateTopic SetTopicAttributes TagResource UntagResource",
            undo="DeleteTopic",
        ),
        # Load balancers
        "aws_lb": _calls(
            "elasticloadbalancing",
            read="DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeCapacityReservation DescribeTags "
            "ec2:DescribeSubnets ec2:DescribeVpcs ec2:DescribeAddresses ec2:DescribeInternetGateways "
            "ec2:DescribeSecurityGroups ec2:DescribeNetworkInterfaces",
            do="CreateLoadBalancer ModifyLoadBalancerAttributes SetSecurityGroups SetSubnets AddTags RemoveTags "
            "iam:CreateServiceLinkedRole",
            undo="DeleteLoadBalancer",
        ),
        "aws_lb_target_group": _calls(
            "elasticloadbalancing",
            read="DescribeTargetGroups DescribeTargetGroupAttributes DescribeTags ec2:DescribeVpcs",
            do="CreateTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes AddTags RemoveTags",
            undo="DeleteTargetGroup",
        ),
        "aws_lb_target_group_attachment": _calls(
            "elasticloadbalancing",
            read="DescribeTargetHealth ec2:DescribeInstances",
            do="RegisterTargets",
            undo="DeregisterTargets",
        ),
        "aws_lb_listener": _calls(
            "elasticloadbalancing",
            read="DescribeListeners DescribeListenerAttributes DescribeTags DescribeLoadBalancers",
            do="CreateListener ModifyListener ModifyListenerAttributes AddTags RemoveTags",
            undo="DeleteListener",
        ),
        # The watcher
        "aws_cloudwatch_log_group": _calls(
            "logs",
            read="DescribeLogGroups ListTagsForResource",
            do="CreateLogGroup PutRetentionPolicy DeleteRetentionPolicy TagResource UntagResource",
            undo="DeleteLogGroup",
        ),
        "aws_lambda_function": _calls(
            "lambda",
            read="GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig ListVersionsByFunction ListTags",
            do="CreateFunction UpdateFunctionCode UpdateFunctionConfiguration TagResource UntagResource iam:PassRole",
            undo="DeleteFunction",
            vpc_config="ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs ec2:DescribeNetworkInterfaces",
        ),
        "aws_lambda_function_event_invoke_config": _calls(
            "lambda",
            read="GetFunctionEventInvokeConfig",
            do="PutFunctionEventInvokeConfig",
            undo="DeleteFunctionEventInvokeConfig",
        ),
        "aws_lambda_permission": _calls("lambda", read="GetPolicy", do="AddPermission", undo="RemovePermission"),
        "aws_cloudwatch_event_rule": _calls(
            "events",
            read="DescribeRule ListTagsForResource",
            do="PutRule EnableRule DisableRule TagResource UntagResource",
            undo="DeleteRule",
        ),
        "aws_cloudwatch_event_target": _calls(
            "events", read="ListTargetsByRule", do="PutTargets", undo="RemoveTargets"
        ),
        "aws_cloudwatch_metric_alarm": _calls(
            "cloudwatch",
            read="DescribeAlarms ListTagsForResource",
            do="PutMetricAlarm TagResource UntagResource",
            undo="DeleteAlarms",
        ),
        # The proxy's name
        "aws_route53_zone": _calls(
            "route53",
            read="GetHostedZone GetChange ListTagsForResource ListResourceRecordSets ec2:DescribeVpcs",
            do="CreateHostedZone UpdateHostedZoneComment ChangeTagsForResource",
            # What is left in it goes with it.
            undo="DeleteHostedZone ChangeResourceRecordSets",
            vpc="AssociateVPCWithHostedZone DisassociateVPCFromHostedZone",
        ),
        "aws_route53_record": _calls(
            "route53",
            read="GetHostedZone ListResourceRecordSets GetChange",
            do="ChangeResourceRecordSets",
        ),
        "aws_route53_vpc_association_authorization": _calls(
            "route53",
            read="ListVPCAssociationAuthorizations ec2:DescribeVpcs",
            do="CreateVPCAssociationAuthorization",
            undo="DeleteVPCAssociationAuthorization",
        ),
    }
)

DATA: Final[Mapping[str, Calls]] = MappingProxyType(
    {
        "aws_caller_identity": _calls("sts", read="GetCallerIdentity"),
        "aws_iam_policy_document": Calls(),  # composed by the provider itself
        "aws_partition": Calls(),
        "aws_vpc_endpoint": _calls("ec2", read="DescribeVpcEndpoints DescribePrefixLists DescribeNetworkInterfaces"),
        "aws_vpc_endpoint_service": _calls("ec2", read="DescribeVpcEndpointServices"),
    }
)
