# Values are in terraform.tfvars.json. What only you know goes into a file of your own, e.g. own.auto.tfvars.

variable "account_id" {
  description = "The only account that this may be applied in."
  type        = string
}

variable "region" {
  description = "Region of the VPC."
  type        = string
}

variable "deployment" {
  description = "What this is for; part of names, and a tag."
  type        = string
}

variable "database" {
  description = "The database, its VPC, the operator's zone (by ID) and their account, which is allowed to connect."
  type = object({
    vpc_id    = string
    vpc_cidr  = string
    host      = string
    port      = number
    zone_id   = string
    principal = string
  })
}

variable "database_address" {
  description = "The database's private address now: what its name resolves to in your VPC. A failover changes it: apply again with the new one."
  type        = string

  validation {
    condition     = can(cidrhost("${var.database_address}/32", 0))
    error_message = "An IPv4 address is wanted: a load balancer takes no name as its target."
  }
}

variable "database_security_group_id" {
  description = "The database's security group, which gets a rule. Null: you let the load balancer in yourself."
  type        = string
  default     = null
}

variable "subnet_ids" {
  description = "Subnets of the load balancer, one for each zone. Null: the first of the operator's zone."
  type        = list(string)
  default     = null
}
