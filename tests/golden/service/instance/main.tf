# A deployment of the private topology: nodes in the shard, and PrivateLink both ways. No network is peered.
#
#   application -> endpoint in its own VPC -> load balancer -> proxy
#   nodes -> endpoint -> the customer's endpoint service -> database

locals {
  shard = merge(var.contract, { name = var.shard })
}

module "nodes" {
  source = "./modules/nodes"

  deployment  = var.deployment
  region      = var.region
  shard       = local.shard
  names       = var.names
  identifiers = var.identifiers
  nodes       = var.nodes
  apart       = var.apart
  database    = var.database
  proxy       = var.proxy
  package     = var.package

  secret_names             = var.secret_names
  secret_recovery_days     = var.secret_recovery_days
  kms_key_arn              = var.kms_key_arn
  permissions_boundary_arn = var.permissions_boundary_arn
  deletion_protection      = var.deletion_protection
}

module "service_path" {
  source = "./modules/service_path"

  deployment   = var.deployment
  shard        = local.shard
  names        = var.names
  database     = var.database
  applications = var.applications
  proxy        = var.proxy

  database_service_name   = var.database_service_name
  proxy_instance_ids      = module.nodes.proxy_instance_ids
  node_security_group_ids = module.nodes.security_group_ids

  deletion_protection = var.deletion_protection
}
