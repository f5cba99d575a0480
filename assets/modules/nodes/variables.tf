variable "deployment" {
  description = "The deployment's name: part of every name below."
  type        = string
}

variable "region" {
  description = "Region that the nodes read their configuration in."
  type        = string
}

variable "identifiers" {
  description = "Springtail's own ids of the deployment. The instance id is the prefix of its Redis keys."
  type = object({
    organization = string
    account      = string
    instance     = string
  })
}

variable "shard" {
  description = "What the shard provides: its network, its Redis and its topic."
  type = object({
    name                    = string
    availability_zone       = string
    vpc_id                  = string
    private_subnet_id       = string
    redis_user_group_id     = string
    redis_host              = string
    redis_port              = number
    redis_security_group_id = string
    sns_topic_arn           = string
  })
}

variable "names" {
  description = "Names that AWS wants unique in the account or limits in length."
  type = object({
    ingestion_role  = string
    proxy_role      = string
    fdw_role        = string
    redis_user_id   = string
    redis_user_name = string
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
}

variable "apart" {
  description = "Nodes that differ from their role while an upgrade goes on, by key (fdw-1): what each still is, and whether it may be terminated."
  type = map(object({
    ami_id        = string
    instance_type = string
    protected     = bool
  }))
  default = {}
}

variable "database" {
  description = "The customer's primary database. Its password is in the secret and nowhere here."
  type = object({
    host                  = string
    port                  = number
    name                  = string
    user                  = string
    certificate_authority = string
    ca_pem                = string
  })
}

variable "database_endpoint_dns" {
  description = "Name that the nodes connect to instead of the database's own (TLS is still verified against that one). null: they connect to the database directly."
  type        = string
  default     = null
}

variable "proxy" {
  description = "Port that applications connect to."
  type = object({
    port = number
  })
}

variable "package" {
  description = "Springtail's package: s3://BUCKET/KEY and its sha256. Empty: nodes are built without it."
  type = object({
    s3_uri = string
    sha256 = string
  })
}

variable "secret_names" {
  description = "Names of the secrets' containers, as Springtail looks for them. proxy_tls is null when the proxy has no certificate."
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

  validation {
    condition     = var.secret_recovery_days == 0 || (var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30)
    error_message = "Secrets Manager takes 7 to 30 days, or 0."
  }
}

variable "kms_key_arn" {
  description = "KMS key for volumes and secrets. null: the AWS-managed keys."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "Policy that bounds every role made here. null: none."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Protects the nodes from being terminated by a call of the EC2 API."
  type        = bool
  default     = true
}
