# A deployment of the public topology: nodes in the shard, their proxies behind an internet-facing load balancer.
#
#   application -> internet -> load balancer -> proxy
#   nodes -> NAT gateway -> internet -> database

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

module "public_path" {
  source = "./modules/public_path"

  deployment    = var.deployment
  shard         = local.shard
  names         = var.names
  database_port = var.database.port
  proxy_port    = var.proxy.port
  client_cidrs  = var.client_cidrs

  proxy_instance_ids      = module.nodes.proxy_instance_ids
  node_security_group_ids = module.nodes.security_group_ids

  deletion_protection = var.deletion_protection
}
