variable "deployment" {
  description = "The deployment's name."
  type        = string
}

variable "region" {
  description = "Region of the shard's VPC."
  type        = string
}

variable "database_host" {
  description = "The database's own name."
  type        = string
}

variable "endpoint_id" {
  description = "The endpoint that leads to the customer's service, accepted."
  type        = string
}
