# The shard's contract: deployments read these, typed, and nothing else.

output "account_id" {
  description = "Account that the shard lives in."
  value       = var.account_id
}

output "region" {
  description = "Region that the shard lives in."
  value       = var.region
}

output "zone_id" {
  description = "Zone ID of the shard's single zone."
  value       = var.zone_id
}

output "availability_zone" {
  description = "Name that the zone has in this account."
  value       = module.shard.availability_zone
}

output "vpc_id" {
  description = "The shard's VPC."
  value       = module.shard.vpc_id
}

output "vpc_cidr" {
  description = "The shard's VPC's IPv4 block."
  value       = module.shard.vpc_cidr
}

output "private_subnet_id" {
  description = "Subnet of nodes and Redis."
  value       = module.shard.private_subnet_id
}

output "private_subnet_cidr" {
  description = "IPv4 block of the private subnet."
  value       = module.shard.private_subnet_cidr
}

output "public_subnet_id" {
  description = "Subnet of the NAT gateway and of public load balancers."
  value       = module.shard.public_subnet_id
}

output "public_subnet_cidr" {
  description = "IPv4 block of the public subnet."
  value       = module.shard.public_subnet_cidr
}

output "nat_public_ip" {
  description = "Address that nodes are seen with from outside: for customers' allow-lists."
  value       = module.shard.nat_public_ip
}

output "redis_replication_group_id" {
  description = "The Redis replication group."
  value       = module.shard.redis_replication_group_id
}

output "redis_user_group_id" {
  description = "User group that deployments add their user to."
  value       = module.shard.redis_user_group_id
}

output "redis_host" {
  description = "Primary endpoint of Redis (TLS)."
  value       = module.shard.redis_host
}

output "redis_port" {
  description = "Port of Redis."
  value       = module.shard.redis_port
}

output "redis_security_group_id" {
  description = "Security group that deployments add their rules to."
  value       = module.shard.redis_security_group_id
}

output "sns_topic_arn" {
  description = "Topic of watchers' and nodes' events."
  value       = module.shard.sns_topic_arn
}
