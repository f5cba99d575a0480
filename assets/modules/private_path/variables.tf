variable "deployment" {
  description = "The deployment's name: part of every name below."
  type        = string
}

variable "region" {
  description = "Region of the shard and of the transit VPC."
  type        = string
}

variable "shard" {
  description = "What the shard provides."
  type = object({
    zone_id             = string
    availability_zone   = string
    vpc_id              = string
    private_subnet_id   = string
    private_subnet_cidr = string
    sns_topic_arn       = string
  })
}

variable "names" {
  description = "Names that AWS wants unique in the account or limits in length."
  type = object({
    inbound_nlb           = string
    inbound_target_group  = string
    outbound_nlb          = string
    outbound_target_group = string
    watcher               = string
  })
}

variable "transit" {
  description = "IPv4 blocks of the transit VPC and of its subnet. They must overlap with no VPC that it is peered with."
  type = object({
    vpc_cidr    = string
    subnet_cidr = string
  })
}

variable "database" {
  description = "The database's own name and port."
  type = object({
    host = string
    port = number
  })
}

variable "database_vpc" {
  description = "The customer's VPC that the database lives in."
  type = object({
    account_id = string
    region     = string
    vpc_id     = string
    cidr       = string
  })
}

variable "applications" {
  description = "The customer's VPCs that reach the proxy, by name. One of them may be the database's own."
  type = map(object({
    account_id = string
    region     = string
    vpc_id     = string
    cidr       = string
  }))

  validation {
    condition     = length(distinct([for application in var.applications : application.vpc_id])) == length(var.applications)
    error_message = "Two applications name the same VPC: it is peered once, so give it one name."
  }
}

variable "proxy" {
  description = "The proxy's host name, which becomes a private zone (empty: none), and the port that applications connect to."
  type = object({
    host = string
    port = number
  })
}

variable "proxy_instance_ids" {
  description = "Every proxy's instance id, by key."
  type        = map(string)
}

variable "node_security_group_ids" {
  description = "Security group of each role."
  type = object({
    ingestion = string
    proxy     = string
    fdw       = string
  })
}

variable "watcher_package" {
  description = "Path of the watcher's zip file."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the watcher's log is kept."
  type        = number
  default     = 30
}

variable "kms_key_arn" {
  description = "KMS key that the shard's topic is encrypted under, if any: the watcher publishes to it."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "Policy that bounds the watcher's role. null: none."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Protects the load balancers, whose endpoint services customers' traffic passes, from deletion."
  type        = bool
  default     = true
}
