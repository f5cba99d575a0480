variable "account_id" {
  description = "The only account that this stack may be applied in."
  type        = string
}

variable "region" {
  description = "Region of the shard and of everything on it."
  type        = string
}

variable "tags" {
  description = "Tags of everything that takes tags, beside Planewright's own."
  type        = map(string)
  default     = {}
}

variable "shard" {
  description = "The shard's name."
  type        = string
}

variable "deployment" {
  description = "The deployment's name."
  type        = string
}

variable "names" {
  description = "Names that AWS wants unique in the account or limits in length."
  type        = map(string)
}

variable "identifiers" {
  description = "Springtail's own ids of the deployment."
  type = object({
    organization = string
    account      = string
    instance     = string
  })
}

variable "database" {
  description = "The customer's primary database. Its password is no variable: see the README."
  type = object({
    host                  = string
    port                  = number
    name                  = string
    user                  = string
    certificate_authority = string
    ca_pem                = string
  })
}

variable "database_vpc" {
  description = "The customer's VPC that the database lives in. Its owner accepts the peering."
  type = object({
    account_id = string
    region     = string
    vpc_id     = string
    cidr       = string
  })
}

variable "applications" {
  description = "The customer's VPCs that reach the proxy, by name."
  type = map(object({
    account_id = string
    region     = string
    vpc_id     = string
    cidr       = string
  }))
}

variable "transit" {
  description = "IPv4 blocks of the transit VPC and of its subnet."
  type = object({
    vpc_cidr    = string
    subnet_cidr = string
  })
}

variable "log_retention_days" {
  description = "Days that the watcher's log is kept."
  type        = number
}

variable "proxy" {
  description = "The proxy's host name and the port that applications connect to."
  type = object({
    host = string
    port = number
  })
}

variable "nodes" {
  description = "The three roles: one ingestion node, any number of proxies and FDW nodes."
  type = object({
    ingestion = object({
      instance_type   = string
      ami_id          = string
      root_volume_gib = number
      # ebs: on the volumes below. nvme: on the instance's own disks, which a stop blanks, and both volumes are null.
      storage = string
      volumes = object({
        type             = string
        count            = number
        size_gib         = number
        iops             = number
        throughput_mibps = number # gp3 only, else null
      })
      slog = object({
        type             = string
        size_gib         = number
        iops             = number
        throughput_mibps = number
      })
    })
    proxy = object({
      instance_type   = string
      ami_id          = string
      root_volume_gib = number
      count           = number
    })
    fdw = object({
      instance_type   = string
      ami_id          = string
      root_volume_gib = number
      count           = number
    })
  })

  validation {
    condition     = alltrue([for node in values(var.nodes) : can(regex("^ami-[0-9a-f]{8,17}$", node.ami_id))])
    error_message = "A role has no machine image yet: `planewright generate` looks it up once it has credentials, or name one in the answers (nodes.ROLE.ami.id)."
  }

  validation {
    condition     = contains(["ebs", "nvme"], var.nodes.ingestion.storage) && (var.nodes.ingestion.storage == "ebs") == (var.nodes.ingestion.volumes != null) && (var.nodes.ingestion.storage == "ebs") == (var.nodes.ingestion.slog != null)
    error_message = "Ingestion's storage is ebs, with volumes and slog, or nvme, with both null."
  }
}

variable "apart" {
  description = "Nodes that differ from their role while an upgrade goes on, by key (fdw-1): what each still is, and whether it may be terminated."
  type = map(object({
    ami_id        = string
    instance_type = string
    protected     = bool
  }))
  default = {}

  validation {
    condition     = alltrue([for key in keys(var.apart) : can(regex("^(ingestion-0|(proxy|fdw)-(0|[1-9][0-9]*))$", key))])
    error_message = "A node's key is ingestion-0, or proxy or fdw and its number: fdw-1."
  }
}

variable "package" {
  description = "Springtail's package: s3://BUCKET/KEY and its sha256. Empty: nodes are built without it."
  type = object({
    s3_uri = string
    sha256 = string
  })
}

variable "secret_names" {
  description = "Names of the secrets' containers. The values are put in by `planewright seed-secrets`."
  type = object({
    database  = string
    redis     = string
    proxy_tls = string
  })
}

variable "secret_recovery_days" {
  description = "Days during which a deleted secret can be restored, and its name cannot be used again: 7 to 30, or 0 for none."
  type        = number
  default     = 7
}

variable "kms_key_arn" {
  description = "KMS key for volumes, secrets and the topic. null: the AWS-managed keys."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "Policy that bounds every role made here. null: none."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Protects nodes and load balancers from deletion. Destroying the stack starts with lifting it."
  type        = bool
}

# Written by Planewright into contract.auto.tfvars.json from the shard's outputs. Until the shard has been applied there
# is no such file, and a plan asks for this variable.
variable "contract" {
  description = "What the shard hands over."
  type = object({
    digest                     = string
    account_id                 = string
    region                     = string
    zone_id                    = string
    availability_zone          = string
    vpc_id                     = string
    vpc_cidr                   = string
    private_subnet_id          = string
    private_subnet_cidr        = string
    public_subnet_id           = string
    public_subnet_cidr         = string
    nat_public_ip              = string
    redis_replication_group_id = string
    redis_user_group_id        = string
    redis_host                 = string
    redis_port                 = number
    redis_security_group_id    = string
    sns_topic_arn              = string
  })
}
