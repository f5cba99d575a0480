variable "deployment" {
  description = "The deployment's name: part of every name below."
  type        = string
}

variable "shard" {
  description = "What the shard provides."
  type = object({
    vpc_id            = string
    private_subnet_id = string
  })
}

variable "names" {
  description = "Names that AWS wants unique in the account or limits in length."
  type = object({
    outbound_nlb          = string
    outbound_target_group = string
  })
}

variable "database" {
  description = "The database's port, which the customer's load balancer listens on, too."
  type = object({
    port = number
  })
}

variable "database_service_name" {
  description = "The customer's endpoint service, in front of the database."
  type        = string
}

variable "applications" {
  description = "The customer's VPCs that reach the proxy, by name. Their accounts may make endpoints to our service."
  type = map(object({
    account_id = string
    region     = string
    vpc_id     = string
    cidr       = string
  }))
}

variable "proxy" {
  description = "The port that applications connect to."
  type = object({
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

variable "deletion_protection" {
  description = "Protects the load balancer, whose endpoint service customers' traffic passes, from deletion."
  type        = bool
  default     = true
}
