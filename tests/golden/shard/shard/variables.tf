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

variable "zone_id" {
  description = "Zone ID of the single zone that the shard and its deployments live in."
  type        = string
}

variable "network" {
  description = "IPv4 blocks of the shard's VPC and of its two subnets."
  type = object({
    vpc_cidr            = string
    private_subnet_cidr = string
    public_subnet_cidr  = string
  })
}

variable "redis" {
  description = "The shard's Redis replication group."
  type = object({
    node_type               = string
    engine_version          = string
    replicas                = number
    snapshot_retention_days = number
  })
}

variable "names" {
  description = "Names that AWS wants unique in the account or limits in length."
  type        = map(string)
}

variable "kms_key_arn" {
  description = "KMS key for Redis and the topic. null: see modules/shard."
  type        = string
  default     = null
}
