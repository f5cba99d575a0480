# A deployment of the private topology: nodes in the shard, and a transit VPC that meets the customer's networks.
#
#   application -> peering -> endpoint -> load balancer -> proxy
#   nodes -> endpoint -> load balancer -> peering -> database

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

  # TLS is verified against the database's own name; only the connection goes here.
  database_endpoint_dns = module.private_path.inbound_endpoint_dns

  secret_names             = var.secret_names
  secret_recovery_days     = var.secret_recovery_days
  kms_key_arn              = var.kms_key_arn
  permissions_boundary_arn = var.permissions_boundary_arn
  deletion_protection      = var.deletion_protection
}

module "private_path" {
  source = "./modules/private_path"

  deployment   = var.deployment
  region       = var.region
  shard        = local.shard
  names        = var.names
  transit      = var.transit
  database     = var.database
  database_vpc = var.database_vpc
  applications = var.applications
  proxy        = var.proxy

  proxy_instance_ids      = module.nodes.proxy_instance_ids
  node_security_group_ids = module.nodes.security_group_ids

  watcher_package          = "${path.root}/watcher.zip"
  log_retention_days       = var.log_retention_days
  kms_key_arn              = var.kms_key_arn
  permissions_boundary_arn = var.permissions_boundary_arn
  deletion_protection      = var.deletion_protection
}
