variable "deployment" {
  description = "The deployment's name: part of every name below."
  type        = string
}

variable "shard" {
  description = "What the shard provides."
  type = object({
    vpc_id           = string
    public_subnet_id = string
  })
}

variable "names" {
  description = "Names that AWS wants unique in the account or limits in length."
  type = object({
    proxy_nlb          = string
    proxy_target_group = string
  })
}

variable "database_port" {
  description = "Port of the customer's database, which has public addresses."
  type        = number
}

variable "proxy_port" {
  description = "Port that applications connect to."
  type        = number
}

variable "client_cidrs" {
  description = "IPv4 blocks that may connect to the proxy. Nobody else may."
  type        = list(string)

  validation {
    condition     = length(var.client_cidrs) > 0
    error_message = "Name at least one block of addresses that may connect."
  }
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
  description = "Protects the load balancer, whose name and address customers use, from deletion."
  type        = bool
  default     = true
}
