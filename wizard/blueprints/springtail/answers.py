"""Springtail's questions: a shard, and a deployment on it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from wizard.answers.account import Account, Governance, State
from wizard.answers.question import Question, both, equals
from wizard.answers.types import (
    AccountId,
    AmiId,
    Answers,
    CacheNodeType,
    CertificatePem,
    ClientCidr,
    HostName,
    InstanceType,
    Name,
    OptionalHostName,
    ParameterName,
    PgName,
    ProductId,
    Region,
    RoleArn,
    S3Uri,
    ServiceName,
    Sha256,
    TagKey,
    TagValue,
    VpcCidr,
    VpcId,
    ZoneId,
)

_private = equals("topology", "private")
_public = equals("topology", "public")
_service = both(_private, equals("database.link", "customer_service"))
_peered = both(_private, lambda answers: answers.get("database.link") != "customer_service")
_ebs = equals("nodes.ingestion.storage", "ebs")
_gp3_data = equals("nodes.ingestion.volumes.type", "gp3")
_gp3_slog = equals("nodes.ingestion.slog.type", "gp3")


class Topology(StrEnum):
    """How the customer's database and applications are reached."""

    PRIVATE = "private"
    PUBLIC = "public"


class DatabaseLink(StrEnum):
    """How the private topology reaches the database's VPC."""

    PEERING = "peering"
    CUSTOMER_SERVICE = "customer_service"


class ShardNetwork(Answers):
    """The shard's VPC: one private and one public subnet in a single zone."""

    vpc_cidr: Annotated[
        VpcCidr,
        Question("VPC CIDR", "The shard's VPC. It meets no customer network: PrivateLink and NAT stand between."),
    ] = "10.64.0.0/16"
    private_subnet_cidr: Annotated[VpcCidr, Question("Private subnet", "Nodes and Redis of all deployments.")] = (
        "10.64.0.0/18"
    )
    public_subnet_cidr: Annotated[
        VpcCidr, Question("Public subnet", "The NAT gateway and, for the public topology, load balancers.")
    ] = "10.64.64.0/24"


class Redis(Answers):
    """The shard's Redis replication group (ElastiCache, TLS)."""

    node_type: Annotated[
        CacheNodeType, Question("Redis node type", "Configuration and users only: small is enough.")
    ] = "cache.t4g.medium"
    engine_version: Annotated[Literal["7.0", "7.1"], Question("Redis version", advanced=True)] = "7.1"
    replicas: Annotated[
        int,
        Question(
            "Redis replicas",
            "Copies beside the primary, in the same zone (the product's design is a single zone).",
            advanced=True,
        ),
    ] = Field(0, ge=0, le=5)
    snapshot_retention_days: Annotated[
        int, Question("Redis snapshots", "Days that a daily snapshot is kept; 0 for none.", advanced=True)
    ] = Field(7, ge=0, le=35)


class ShardAnswers(Answers):
    """A shard: what several deployments share."""

    planewright: str
    kind: Literal["shard"] = "shard"
    blueprint: Literal["springtail"] = "springtail"
    name: Name
    account: Account
    zone_id: Annotated[
        ZoneId,
        Question(
            "Zone ID",
            "The single zone of the shard and of all its deployments, by ID: names differ between accounts.",
        ),
    ]
    network: ShardNetwork = ShardNetwork()
    redis: Redis = Redis()
    governance: Governance = Governance()
    state: State = State()
    log_retention_days: Annotated[
        Literal[1, 3, 5, 7, 14, 30, 60, 90, 180, 365],
        Question("Log retention", "Days that the watchers' logs are kept.", advanced=True),
    ] = 30


class Identifiers(Answers):
    """Springtail's own ids of the deployment: parts of secret names and Redis keys."""

    organization: Annotated[
        ProductId, Question("Springtail organization id", "As Springtail's control plane knows the customer.")
    ]
    account: Annotated[ProductId, Question("Springtail account id")]
    instance: Annotated[
        ProductId,
        Question("Springtail database-instance id", "Prefix of this deployment's Redis keys; unique in the shard."),
    ]


class DatabaseVpc(Answers):
    """Where the customer's database lives, in the private topology."""

    account_id: Annotated[
        AccountId,
        Question("Customer's account id", "The owner of the database's VPC, who accepts the peering, or our endpoint."),
    ]
    region: Annotated[Region, Question("Database's region")]
    vpc_id: Annotated[VpcId, Question("Database's VPC")]
    cidr: Annotated[VpcCidr, Question("Database's VPC CIDR", "With a peering: must not overlap with the transit VPC.")]


class CertificateAuthority(StrEnum):
    """Who signs the database's certificate."""

    RDS = "rds"
    SYSTEM = "system"
    PEM = "pem"


class Database(Answers):
    """The customer's primary database. Its password is no answer: `planewright seed-secrets` asks for it."""

    host: Annotated[
        HostName,
        Question(
            "Database host",
            "The writer's own DNS name: TLS is verified against it. No reader endpoint, no pooler, no address.",
        ),
    ]
    port: Annotated[int, Question("Database port")] = Field(5432, ge=1, le=65535)
    name: Annotated[PgName, Question("Database", "The database that verification connects to.")] = "postgres"
    databases: Annotated[
        tuple[PgName, ...],
        Question(
            "Databases to replicate",
            "One replication slot each; empty: database.name alone. Only for `planewright check` as yet: which databases Springtail replicates is set in Springtail.",
        ),
    ] = Field((), max_length=50)
    user: Annotated[
        PgName,
        Question("Replication user", "Its password is asked for by `planewright seed-secrets`, never stored here."),
    ] = "springtail"
    profile: Annotated[
        str,
        Question(
            "Profile for a look at the database",
            "An AWS profile that may read in the customer's account; empty: nobody looks there, unless customer_access names a way. `planewright readiness` has other ways.",
        ),
    ] = ""
    certificate_authority: Annotated[
        CertificateAuthority,
        Question(
            "Certificate authority",
            "rds: Amazon's bundle; system: the public ones of the node's operating system; pem: your own, below.",
        ),
    ] = CertificateAuthority.RDS
    ca_pem: Annotated[
        CertificatePem,
        Question(
            "CA certificate (PEM)",
            "Public certificates only, up to 4 KB.",
            when=equals("database.certificate_authority", "pem"),
            needed=equals("database.certificate_authority", "pem"),
            depends_on=("database.certificate_authority",),
        ),
    ] = Field("", max_length=4096)
    link: Annotated[
        DatabaseLink,
        Question(
            "Link to the database",
            "peering: a VPC peering that the customer accepts. customer_service: no peering at all; the customer runs a load balancer and an endpoint service before the database, and applications make endpoints to ours.",
            when=_private,
            depends_on=("topology",),
            advanced=True,
        ),
    ] = DatabaseLink.PEERING
    service_name: Annotated[
        ServiceName,
        Question(
            "Customer's endpoint service",
            "com.amazonaws.vpce.REGION.vpce-svc-…, in the shard's region. Empty while there is none: `planewright handoff` gives the customer what makes it.",
            when=_service,
            depends_on=("topology", "database.link"),
        ),
    ] = ""
    vpc: Annotated[DatabaseVpc | None, Question("Database's VPC", when=_private, depends_on=("topology",))] = None

    @property
    def replicated(self) -> tuple[str, ...]:
        """The databases that are replicated, each once."""
        return tuple(dict.fromkeys(self.databases)) or (self.name,)


class Application(Answers):
    """A VPC from which the customer's applications reach the proxy, in the private topology."""

    name: Annotated[Name, Question("Application's name")]
    account_id: Annotated[AccountId, Question("Application's account id")]
    region: Annotated[Region, Question("Application's region")]
    vpc_id: Annotated[VpcId, Question("Application's VPC")]
    cidr: Annotated[VpcCidr, Question("Application's VPC CIDR")]


class CustomerAccess(Answers):
    """How the operator gets into an account of the customer's, to look: what the handoff's `read.json` allows suffices."""

    account_id: Annotated[AccountId, Question("Account id", "The database's account, or an application's.")]
    profile: Annotated[
        str,
        Question(
            "Profile into the account",
            "An AWS profile of that account; beside a role: whose credentials assume it. Empty: the operator's own do.",
        ),
    ] = ""
    role_arn: Annotated[
        RoleArn, Question("Role to assume there", "A role of that account; empty where the profile is enough.")
    ] = ""
    external_id: Annotated[
        str, Question("External id of that role", "What the role's trust policy asks for, if it does.")
    ] = Field("", max_length=1224)


class Transit(Answers):
    """The transit VPC: the only network of ours that the customer peers with."""

    vpc_cidr: Annotated[
        VpcCidr,
        Question(
            "Transit VPC CIDR",
            "Small is enough; must overlap with no VPC it is peered with.",
            when=_peered,
            depends_on=("topology", "database.link"),
        ),
    ] = "100.64.0.0/24"
    subnet_cidr: Annotated[
        VpcCidr, Question("Transit subnet", when=_peered, depends_on=("topology", "database.link"))
    ] = "100.64.0.0/25"


class TlsHolder(StrEnum):
    """Who holds the proxy's certificate and key."""

    NONE = "none"
    VENDOR = "vendor"
    CUSTOMER = "customer"


class Proxy(Answers):
    """How applications reach the proxy."""

    host: Annotated[
        OptionalHostName,
        Question(
            "Proxy's host name",
            "Private: a private zone of exactly this name points at the endpoint. Public: the name on the proxy's certificate, which the customer points at the load balancer.",
            needed=lambda a: a.get("topology") == "private" or a.get("proxy.tls", "none") != "none",
            depends_on=("topology", "proxy.tls"),
        ),
    ] = ""
    port: Annotated[int, Question("Proxy's port", "The load balancer's listener.", advanced=True)] = Field(
        5432, ge=1, le=65535
    )
    tls: Annotated[
        TlsHolder,
        Question(
            "Who holds the proxy's certificate",
            "none means clear text between application and proxy: refused in the public topology.",
        ),
    ] = TlsHolder.NONE
    client_cidrs: Annotated[
        tuple[ClientCidr, ...],
        Question(
            "Client CIDRs",
            "Who may connect to the public load balancer. 0.0.0.0/0 is a critical finding.",
            when=_public,
            depends_on=("topology",),
        ),
    ] = Field((), max_length=50)


class Ami(Answers):
    """The machine image: an id, or else an SSM public parameter that is resolved once and then pinned."""

    id: Annotated[AmiId | None, Question("AMI id", "Empty: the image that the parameter names.", advanced=True)] = None
    parameter: Annotated[
        ParameterName | None,
        Question(
            "AMI parameter",
            "Empty: Canonical's Ubuntu 24.04 for the instance type's architecture.",
            advanced=True,
        ),
    ] = None


class Storage(StrEnum):
    """What ingestion keeps its data on."""

    EBS = "ebs"
    NVME = "nvme"


class VolumeType(StrEnum):
    """Types of EBS volumes that can hold a pool."""

    GP3 = "gp3"
    IO2 = "io2"


class DataVolumes(Answers):
    """The ingestion node's EBS volumes: mirrored pairs, striped (ZFS RAID10)."""

    type: Annotated[
        VolumeType,
        Question(
            "Volume type",
            "gp3: IOPS and throughput are bought apart. io2: throughput follows from IOPS; dearer, more durable.",
            advanced=True,
        ),
    ] = VolumeType.GP3
    count: Annotated[Literal[4, 6, 8], Question("Data volumes", "An even number: pairs of mirrors.", advanced=True)] = 4
    size_gib: Annotated[int, Question("GiB each", "Usable space is half of the sum.")] = Field(100, ge=1, le=65536)
    iops: Annotated[
        int, Question("IOPS each", "The sum over all volumes counts against the instance's EBS baseline.")
    ] = Field(3000, ge=100, le=256000)
    throughput_mibps: Annotated[
        int, Question("MiB/s each", when=_gp3_data, depends_on=("nodes.ingestion.volumes.type",))
    ] = Field(125, ge=125, le=2000)


class LogVolume(Answers):
    """The ZFS intent log's own volume (SLOG)."""

    type: Annotated[VolumeType, Question("SLOG volume type", advanced=True)] = VolumeType.GP3
    size_gib: Annotated[int, Question("SLOG GiB", advanced=True)] = Field(16, ge=1, le=65536)
    iops: Annotated[int, Question("SLOG IOPS", advanced=True)] = Field(3000, ge=100, le=256000)
    throughput_mibps: Annotated[
        int, Question("SLOG MiB/s", when=_gp3_slog, depends_on=("nodes.ingestion.slog.type",), advanced=True)
    ] = Field(125, ge=125, le=2000)


class IngestionNode(Answers):
    """Reads the primary's WAL and owns the data."""

    instance_type: Annotated[
        InstanceType,
        Question(
            "Ingestion's instance type",
            "Memory for the write cache; an EBS baseline above the sum of its volumes, or NVMe disks of its own.",
        ),
    ] = "r6i.4xlarge"
    ami: Ami = Ami()
    root_volume_gib: Annotated[int, Question("Ingestion's root GiB", advanced=True)] = Field(30, ge=8, le=1024)
    storage: Annotated[
        Storage,
        Question(
            "Ingestion's storage",
            "ebs: volumes that outlive the node. nvme: the instance's own disks, faster, and blank after every stop: "
            "the data is then rebuilt from the primary.",
        ),
    ] = Storage.EBS
    volumes: Annotated[DataVolumes, Question("Data volumes", when=_ebs, depends_on=("nodes.ingestion.storage",))] = (
        DataVolumes()
    )
    slog: Annotated[LogVolume, Question("SLOG", when=_ebs, depends_on=("nodes.ingestion.storage",))] = LogVolume()


class ProxyNode(Answers):
    """Routes each statement to the primary or to a replica."""

    instance_type: Annotated[InstanceType, Question("Proxy's instance type")] = "c6i.xlarge"
    count: Annotated[int, Question("Proxies", advanced=True)] = Field(1, ge=1, le=8)
    ami: Ami = Ami()
    root_volume_gib: Annotated[int, Question("Proxy's root GiB", advanced=True)] = Field(30, ge=8, le=1024)


class FdwNode(Answers):
    """Serves reads: a PostgreSQL with Springtail's foreign-data wrapper over ingestion's NFS export."""

    instance_type: Annotated[InstanceType, Question("FDW's instance type")] = "r6i.xlarge"
    count: Annotated[int, Question("FDW nodes", "Read replicas; more can be added later.")] = Field(1, ge=1, le=32)
    ami: Ami = Ami()
    root_volume_gib: Annotated[int, Question("FDW's root GiB", advanced=True)] = Field(30, ge=8, le=1024)


class Nodes(Answers):
    """The three roles."""

    ingestion: IngestionNode = IngestionNode()
    proxy: ProxyNode = ProxyNode()
    fdw: FdwNode = FdwNode()


class Package(Answers):
    """Springtail's own package. Nodes may read this one object and nothing else."""

    s3_uri: Annotated[
        S3Uri,
        Question(
            "Springtail package",
            "s3://BUCKET/KEY; empty: nodes are built and verified, Springtail is not installed.",
        ),
    ] = ""
    sha256: Annotated[
        Sha256,
        Question(
            "Package's sha256",
            "The node refuses any other bytes.",
            when=lambda a: bool(a.get("package.s3_uri")),
            depends_on=("package.s3_uri",),
        ),
    ] = ""


class DeploymentAnswers(Answers):
    """A deployment: Springtail for one customer, on one shard. Account, region and state are the shard's."""

    planewright: str
    kind: Literal["deployment"] = "deployment"
    blueprint: Literal["springtail"] = "springtail"
    name: Name
    shard: Annotated[Name, Question("Shard", "The shard of this workspace that the deployment is built on.")]
    topology: Annotated[
        Topology,
        Question(
            "Topology",
            "private: PrivateLink and peering. public: the database has public addresses, the proxy an internet-facing load balancer.",
        ),
    ]
    identifiers: Identifiers
    database: Database
    applications: Annotated[
        tuple[Application, ...],
        Question(
            "Application VPCs",
            "VPCs that reach the proxy over PrivateLink.",
            when=_private,
            depends_on=("topology",),
        ),
    ] = Field((), max_length=25)
    customer_access: Annotated[
        tuple[CustomerAccess, ...],
        Question(
            "Ways into the customer's accounts",
            "With a role or profile that may read there, verification and the handoff see routes, rules and names on the customer's side. Without one they say how far they see.",
            when=_private,
            depends_on=("topology",),
            advanced=True,
        ),
    ] = Field((), max_length=26)
    transit: Annotated[Transit, Question("Transit VPC", when=_peered, depends_on=("topology", "database.link"))] = (
        Transit()
    )
    proxy: Proxy = Proxy()
    nodes: Nodes = Nodes()
    package: Package = Package()
    tags: Annotated[dict[TagKey, TagValue], Question("Tags", "Beside the shard's; the same key here wins.")] = Field(
        default_factory=dict, max_length=40
    )

    def way_into(self, account_id: str) -> CustomerAccess | None:
        """Give the way into an account of the customer's: of `customer_access`, or the database's own profile; None for none."""
        named = next((one for one in self.customer_access if one.account_id == account_id), None)
        if named is not None and (named.profile or named.role_arn):
            return named
        database = self.database
        if database.profile and database.vpc is not None and database.vpc.account_id == account_id:
            return CustomerAccess(account_id=account_id, profile=database.profile)
        return None

    @property
    def peered(self) -> bool:
        """Whether the customer's networks are peered with a transit VPC of ours."""
        return self.topology is Topology.PRIVATE and self.database.link is DatabaseLink.PEERING

    @property
    def through_service(self) -> bool:
        """Whether the database is reached through an endpoint service of the customer's: no peering, no transit VPC."""
        return self.topology is Topology.PRIVATE and self.database.link is DatabaseLink.CUSTOMER_SERVICE
