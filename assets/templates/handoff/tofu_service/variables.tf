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
  description = "What this is for; part of names, and a tag."
  type        = string
}

variable "service" {
  description = "Your endpoint service, the operator's endpoint to accept, and their account to allow. Null where it is elsewhere."
  type = object({
    id          = string
    endpoint_id = string
    principal   = string
  })
  default = null
}

variable "allow_principal" {
  description = "Whether the operator's account is put on the service's list. False where your own code, or the other folder, has done so."
  type        = bool
  default     = true
}

variable "database" {
  description = "The port that the load balancer reaches the database on, and the block of its addresses. Null where it is elsewhere."
  type = object({
    port        = number
    source_cidr = string
  })
  default = null
}

variable "database_security_group_id" {
  description = "The database's security group, which gets a rule. Null: none is made."
  type        = string
  default     = null
}

variable "applications" {
  description = "VPCs that get an endpoint to the proxies, by the application's name."
  type = map(object({
    vpc_id       = string
    vpc_cidr     = string
    zone_id      = string
    service_name = string
    port         = number
    host         = string
  }))
  default = {}
}
