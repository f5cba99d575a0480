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

variable "database_host" {
  description = "The database's own name."
  type        = string
}

# Written by Planewright into contract.auto.tfvars.json from the instance stack's outputs, of which this stack needs the
# endpoint.
variable "contract" {
  description = "What the instance stack hands over."
  type = object({
    digest  = string
    service = object({ inbound_endpoint_id = string })
  })
}
