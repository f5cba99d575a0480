# Values are in terraform.tfvars.json. What you want otherwise goes into a file of your own, e.g. own.auto.tfvars.

variable "account_id" {
  description = "The only account that this may be applied in."
  type        = string
}

variable "region" {
  description = "Region of the VPCs."
  type        = string
}

variable "deployment" {
  description = "What this is for; a tag of the rule."
  type        = string
}

variable "peerings" {
  description = "Peering requests to accept. allow_dns lets the other side resolve public names of this VPC to private addresses."
  type = map(object({
    id        = string
    allow_dns = bool
  }))
  default = {}
}

variable "routes" {
  description = "Routes to the other side, by VPC. of_database: only tables of subnets that the database can be in."
  type = map(object({
    vpc_id      = string
    destination = string
    peering_id  = string
    of_database = bool
  }))
  default = {}
}

variable "route_table_ids" {
  description = "Route tables instead of those that are found, by the name in routes."
  type        = map(set(string))
  default     = {}
}

variable "database" {
  description = "The database that the other side is let in to, and what RDS knows it by. Null where it is elsewhere."
  type = object({
    port         = number
    source_cidr  = string
    rds_instance = optional(string)
    rds_cluster  = optional(string)
  })
  default = null
}

variable "database_security_group_id" {
  description = "The security group that gets the rule. Null: the database's first, where RDS runs it."
  type        = string
  default     = null
}

variable "zones" {
  description = "Private zones of the other side to associate VPCs with."
  type = map(object({
    zone_id = string
    vpc_id  = string
    region  = string
  }))
  default = {}
}
