variable "shard" {
  description = "The shard's name: part of every name below, so that several shards fit into one account."
  type        = string
}

variable "zone_id" {
  description = "Zone ID (use1-az1) of the single zone that the shard and its deployments live in. Zone names differ between accounts, IDs do not."
  type        = string
}

variable "network" {
  description = "IPv4 blocks of the VPC and of its two subnets."
  type = object({
    vpc_cidr            = string
    private_subnet_cidr = string
    public_subnet_cidr  = string
  })
}

variable "redis" {
  description = "The Redis replication group. Configuration and users only: small is enough."
  type = object({
    node_type               = string
    engine_version          = string
    replicas                = number
    snapshot_retention_days = number
  })
}

variable "names" {
  description = "Names that AWS wants unique in the account or limits in length."
  type = object({
    replication_group = string
    user_group        = string
    default_user_id   = string
    parameter_group   = string
    subnet_group      = string
    topic             = string
  })
}

variable "kms_key_arn" {
  description = "KMS key for Redis and the topic. null: Redis takes the AWS-managed key; for the topic see events.tf."
  type        = string
  default     = null
}
