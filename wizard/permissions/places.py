"""Where each action is allowed: the ARNs of what these answers build, by name where AWS lets us choose the name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from wizard.blueprints.springtail import names
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers, TlsHolder
from wizard.blueprints.springtail.contracts import ShardOutputs
from wizard.blueprints.springtail.names import lock_table
from wizard.permissions.grants import REGION_KEY, Condition, Where
from wizard.permissions.state import key_arns, state_objects, table_arns

#: Services whose calls go to one place for all regions: a condition on the region would refuse them elsewhere.
_GLOBAL: Final = frozenset({"account", "iam", "pricing", "route53", "sts"})

#: The word in an EC2 action that tells the type of what it acts on, the most telling first.
_EC2_TYPES: Final = (
    ("VpcPeering", "vpc-peering-connection/pcx-0123456789abcdef0"),
    ("VpcEndpointService", "vpc-endpoint-service/vpce-svc-0123456789abcdef0"),
    ("VpcEndpoint", "vpc-endpoint/vpce-0123456789abcdef0"),
    ("Vpc", "vpc/vpc-0123456789abcdef0"),
    ("Subnet", "subnet/subnet-0123456789abcdef0"),
    ("InternetGateway", "internet-gateway/igw-0123456789abcdef0"),
    ("NatGateway", "natgateway/nat-0123456789abcdef0"),
    ("Route", "route-table/rtb-0123456789abcdef0"),
    ("SecurityGroup", "security-group/sg-0123456789abcdef0"),
    ("Volume", "volume/vol-0123456789abcdef0"),
    ("Address", "elastic-ip/eipalloc-0123456789abcdef0"),
    ("Instance", "instance/i-0123456789abcdef0"),
    ("Tags", "vpc/vpc-0123456789abcdef0"),
)
#: What cannot be taken back is allowed on what carries our tag, and on nothing else in the account. Each of these acts
#: on one resource, which the stacks tag as they make it.
_OWN_ONLY: Final = frozenset(
    {
        "ec2:DeleteInternetGateway",
        "ec2:DeleteNatGateway",
        "ec2:DeleteRouteTable",
        "ec2:DeleteSecurityGroup",
        "ec2:DeleteSubnet",
        "ec2:DeleteVolume",
        "ec2:DeleteVpc",
        "ec2:DeleteVpcEndpointServiceConfigurations",
        "ec2:DeleteVpcEndpoints",
        "ec2:DeleteVpcPeeringConnection",
        "ec2:ReleaseAddress",
        "ec2:StopInstances",
        "ec2:TerminateInstances",
    }
)
#: Actions that IAM cannot hold to a resource.
_UNSCOPED: Final = frozenset(
    {
        "cloudwatch:DescribeAlarms",
        "iam:ListRoles",
        "lambda:ListFunctions",
        "logs:DescribeLogGroups",
        "route53:CreateHostedZone",
        "route53:ListHostedZones",
        "route53:ListHostedZonesByName",
        "route53:ListHostedZonesByVPC",
        # By a name that no secret has yet there is no ARN that a policy could match. It tells no value.
        "secretsmanager:DescribeSecret",
        "secretsmanager:ListSecrets",
        "ssm:DescribeParameters",
        "sts:GetCallerIdentity",
    }
)
#: Types whose roles are handed to a service, and that service.
_PASSED_TO: Final = {"aws_lambda_function": "lambda", "aws_instance": "ec2", "aws_iam_instance_profile": "ec2"}
#: Types that need a role of AWS's own in the account, which its first use makes.
_SERVICE_ROLES: Final = {
    "aws_lb": ("elasticloadbalancing", "AWSServiceRoleForElasticLoadBalancing"),
    "aws_elasticache_replication_group": ("elasticache", "AWSServiceRoleForElastiCache"),
}
SSM_CORE: Final = "AmazonSSMManagedInstanceCore"


class Places:
    """Where a shard's, or a deployment's, actions are allowed.

    `on` is what the shard hands over: what another tool made has names of its own. `locked_by` is what locks the states by the
    files that were emitted, each with its table's name: until it is exchanged there, the engine goes on with it.
    """

    def __init__(
        self,
        shard: ShardAnswers,
        deployment: DeploymentAnswers | None,
        on: ShardOutputs | None = None,
        locked_by: Collection[tuple[str, str]] = (),
    ) -> None:
        self.shard, self.deployment, self.on = shard, deployment, on
        self.locked_by = frozenset({(shard.state.lock.value, lock_table(shard)), *locked_by})
        self.account, self.region = shard.account.id, shard.account.region
        self.partition = shard.account.partition.value
        #: Blocks of one type ask for the same: hundreds of times in each check.
        self._known: dict[tuple[str, str], Where] = {}

    def arn(self, service: str, resource: str, *, region: str | None = None, account: str | None = None) -> str:
        """Write an ARN of the account and region, unless others are named (empty: none)."""
        where = self.region if region is None else region
        owner = self.account if account is None else account
        return f"arn:{self.partition}:{service}:{where}:{owner}:{resource}"

    def anywhere(self, service: str) -> Where:
        """All resources of a service, in the region where it has regions."""
        if service in _GLOBAL:
            return Where("AnyGlobal")
        return Where("Any", conditions=(Condition("StringEquals", REGION_KEY, (self.region,)),))

    def of(self, action: str, type_: str = "") -> Where:
        """Say where an action is allowed. `type_` tells for which type of resource, where that matters."""
        known = self._known.get((action, type_))
        if known is None:
            known = self._known[action, type_] = self._of(action, type_)
        return known

    def _of(self, action: str, type_: str) -> Where:
        service, call = action.split(":", 1)
        if action in _UNSCOPED or (service in {"ec2", "elasticache", "elasticloadbalancing"} and is_look(action)):
            return self.anywhere(service)
        scoped = {
            "ec2": self._ec2,
            "iam": self._iam,
            "elasticloadbalancing": self._balancing,
            "elasticache": self._redis,
            "route53": self._dns,
            "kms": self._key,
        }.get(service)
        if scoped is not None:
            return scoped(call, type_)
        named = {
            "secretsmanager": ("Secrets", self.secrets),
            "ssm": ("Parameters", self.parameters),
            "sns": ("Topic", self._topics),
            "lambda": ("Watcher", self._functions),
            "logs": ("WatcherLog", self._log_groups),
            "events": ("WatcherSchedule", self._rules),
            "cloudwatch": ("WatcherAlarm", self._alarms),
            "s3": ("State", self._state),
            "dynamodb": ("LockTable", self._tables),
        }
        if service not in named:
            raise KeyError(f"nobody has said where {action} is allowed")
        if action == "secretsmanager:CreateSecret":
            # A secret that is being made may have no suffix yet.
            secrets = tuple(self.secrets())
            return Where("NewSecrets", (*secrets, *(arn.removesuffix("-??????") for arn in secrets)), samples=secrets)
        name, arns = named[service]
        return Where(name, tuple(arns()))

    # Names

    @property
    def _names(self) -> dict[str, str]:
        return names.names(self.deployment) if self.deployment else {}

    @property
    def _peered(self) -> bool:
        return self.deployment is not None and self.deployment.peered

    @property
    def _balancers(self) -> tuple[str, ...]:
        """What the load balancers are called by: of the peered path, of the customer's service, of the public one."""
        if self._peered:
            return ("inbound", "outbound")
        return ("outbound",) if self.deployment is not None and self.deployment.through_service else ("proxy",)

    def own_tag(self, prefix: str = "aws:ResourceTag/") -> Condition:
        """The tag that tells what belongs to the shard or the deployment from all else in the account."""
        kind, name = ("deployment", self.deployment.name) if self.deployment else ("shard", self.shard.name)
        return Condition("StringEquals", f"{prefix}planewright:{kind}", (name,))

    def roles(self, passed_to: str = "") -> Iterator[str]:
        """The roles that the stacks make, or those that are handed to one service."""
        wanted = {"ec2": ("ingestion_role", "proxy_role", "fdw_role"), "lambda": ("watcher",)}
        for service, purposes in wanted.items():
            if passed_to in ("", service) and (service == "ec2" or self._peered):
                yield from (self.arn("iam", f"role/{self._names[purpose]}", region="") for purpose in purposes)

    def secrets(self) -> Iterator[str]:
        """The secrets; AWS adds a hyphen and six characters to a secret's name."""
        if self.deployment is None:
            return
        found = [names.database_secret(self.deployment), names.redis_secret(self.shard, self.deployment)]
        if self.deployment.proxy.tls is not TlsHolder.NONE:
            found.append(names.proxy_tls_secret(self.deployment))
        yield from (self.arn("secretsmanager", f"secret:{name}-??????") for name in found)

    def parameters(self) -> Iterator[str]:
        """The nodes' configuration."""
        if self.deployment is not None:
            yield self.arn("ssm", f"parameter/planewright/{self.deployment.name}/*")

    def _topics(self) -> Iterator[str]:
        yield self.on.sns_topic_arn if self.on else self.arn("sns", names.shard_names(self.shard)["topic"])

    def _functions(self) -> Iterator[str]:
        if self.deployment is not None:
            yield self.arn("lambda", f"function:{self._names['watcher']}")

    def _log_groups(self) -> Iterator[str]:
        if self.deployment is None:
            return
        # With and without what stands for its streams: older and newer actions of CloudWatch Logs differ in it.
        group = self.arn("logs", f"log-group:/aws/lambda/{self._names['watcher']}")
        yield from (group, f"{group}:*")

    def _rules(self) -> Iterator[str]:
        if self.deployment is not None:
            yield self.arn("events", f"rule/{self._names['watcher']}")

    def _alarms(self) -> Iterator[str]:
        if self.deployment is not None:
            yield self.arn("cloudwatch", f"alarm:{self._names['watcher']}-errors")

    def _state(self) -> Iterator[str]:
        yield from state_objects(self.shard, self.deployment)

    def _tables(self) -> Iterator[str]:
        yield from table_arns(self.shard, self.locked_by)

    # Services with rules of their own

    def _ec2(self, call: str, type_: str) -> Where:
        del type_
        everything = self.arn("ec2", "*/*")
        example = next(self.arn("ec2", kind) for word, kind in _EC2_TYPES if word in call)
        if call == "RunInstances":
            image = self.arn("ec2", "image/*", account="")
            samples = (self.arn("ec2", "image/ami-0123456789abcdef0", account=""), example)
            return Where("Nodes", (everything, image), samples=samples)
        if f"ec2:{call}" in _OWN_ONLY:
            return Where("OwnInEc2", (everything,), (self.own_tag(),), samples=(example,))
        return Where("Ec2", (everything,), samples=(example,))

    def _iam(self, call: str, type_: str) -> Where:
        if call == "PassRole":
            service = _PASSED_TO[type_]
            # China's EC2 calls itself by its own domain; its Lambda does not.
            domains = ("amazonaws.com", "amazonaws.com.cn") if self.partition == "aws-cn" else ("amazonaws.com",)
            values = tuple(f"{service}.{domain}" for domain in domains)
            condition = Condition("StringEquals", "iam:PassedToService", values)
            return Where(f"PassTo{service.title()}", tuple(self.roles(service)), (condition,))
        if call == "CreateServiceLinkedRole":
            service, role = _SERVICE_ROLES[type_]
            arn = self.arn("iam", f"role/aws-service-role/{service}.amazonaws.com/{role}", region="")
            condition = Condition("StringEquals", "iam:AWSServiceName", (f"{service}.amazonaws.com",))
            return Where("ServiceRole", (arn,), (condition,))
        if "InstanceProfile" in call and call != "ListInstanceProfilesForRole":
            profiles = tuple(arn.replace(":role/", ":instance-profile/") for arn in self.roles("ec2"))
            return Where("Profiles", profiles)
        return self._role(call)

    def _role(self, call: str) -> Where:
        roles, conditions, name = tuple(self.roles()), [], "Roles"
        boundary = self.shard.governance.permissions_boundary_arn
        if call in {"AttachRolePolicy", "DetachRolePolicy"}:
            # With any other policy, whoever may attach it may become anything.
            core = f"arn:{self.partition}:iam::aws:policy/{SSM_CORE}"
            conditions.append(Condition("ArnEquals", "iam:PolicyARN", (core,)))
            roles, name = tuple(self.roles("ec2")), "SsmPolicy"
        if boundary and call in {"CreateRole", "PutRolePolicy", "AttachRolePolicy", "PutRolePermissionsBoundary"}:
            conditions.append(Condition("StringEquals", "iam:PermissionsBoundary", (boundary,)))
            name += "Bounded"
        return Where(name, roles, tuple(conditions))

    def _balancing(self, call: str, type_: str) -> Where:
        del type_
        balancers = [self._names[f"{which}_nlb"] for which in self._balancers]
        groups = [self._names[f"{which}_target_group"] for which in self._balancers]
        by_kind = {
            "loadbalancer": [f"loadbalancer/net/{name}/*" for name in balancers],
            "listener": [f"listener/net/{name}/*/*" for name in balancers],
            "targetgroup": [f"targetgroup/{name}/*" for name in groups],
        }
        kinds: tuple[str, ...]
        if "Tags" in call:
            kinds = ("loadbalancer", "listener", "targetgroup")
        elif "Target" in call:
            kinds = ("targetgroup",)
        elif "Listener" in call:
            kinds = ("loadbalancer",) if call == "CreateListener" else ("listener",)
        else:
            kinds = ("loadbalancer",)
        arns = [self.arn("elasticloadbalancing", resource) for kind in kinds for resource in by_kind[kind]]
        return Where("Balancing" + "".join(kind.title() for kind in kinds), tuple(arns))

    def _redis(self, call: str, type_: str) -> Where:
        del type_
        shard = names.shard_names(self.shard)
        group = f"usergroup:{self.on.redis_user_group_id if self.on else shard['user_group']}"
        user = f"user:{self._names['redis_user_id'] if self.deployment else shard['default_user_id']}"
        if "UserGroup" in call:
            resources, name = [group, user], "RedisUserGroup"
        elif "User" in call:
            resources, name = [user], "RedisUser"
        elif self.deployment is not None:
            resources, name = [group, user], "RedisUserGroup"
        else:
            named = {
                "replicationgroup": shard["replication_group"],
                "cluster": f"{shard['replication_group']}-*",
                "subnetgroup": shard["subnet_group"],
                "parametergroup": shard["parameter_group"],
            }
            kinds = {"SubnetGroup": ("subnetgroup",), "ParameterGroup": ("parametergroup",)}
            wanted = next((found for word, found in kinds.items() if word in call), tuple(named))
            resources = [f"{kind}:{named[kind]}" for kind in wanted]
            # The group is made with its user group; tags go on everything.
            resources += [group, user] if len(wanted) > 1 else []
            name = "Redis" + (wanted[0].title() if len(wanted) == 1 else "")
        return Where(name, tuple(self.arn("elasticache", resource) for resource in resources))

    def _dns(self, call: str, type_: str) -> Where:
        del type_
        if call == "GetChange":
            return Where("DnsChange", (self.arn("route53", "change/*", region="", account=""),))
        zones = (self.arn("route53", "hostedzone/*", region="", account=""),)
        if call == "ChangeResourceRecordSets" and self.deployment is not None:
            # The zone's id is not known beforehand; the one name that is written in it is.
            answers = self.deployment
            host = (answers.database if answers.through_service else answers.proxy).host.lower().rstrip(".")
            key = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
            return Where("DnsRecord", zones, (Condition("ForAllValues:StringEquals", key, (host,)),))
        return Where("DnsZone", zones)

    def _key(self, call: str, type_: str) -> Where:
        del type_
        key = (self.shard.governance.kms_key_arn,)
        if call == "CreateGrant":
            # Services make grants for themselves with the caller's permission; nobody else gets one.
            return Where("KeyGrants", key, (Condition("Bool", "kms:GrantIsForAWSResource", ("true",)),))
        return Where("Key", key)

    def state_key(self) -> Where:
        """The state's KMS key: the named one, or any that carries our tag."""
        return key_arns(self.shard)


def is_look(action: str) -> bool:
    """Whether an action only looks: nothing is made, changed or taken away by it."""
    return action.split(":", 1)[1].startswith(("Describe", "Get", "List", "Lookup", "Simulate"))
