output "availability_zone" {
  description = "Name that the zone has in this account."
  value       = aws_subnet.private.availability_zone
}

output "vpc_id" {
  description = "The shard's VPC."
  value       = aws_vpc.this.id
}

output "vpc_cidr" {
  description = "The shard's VPC's IPv4 block."
  value       = aws_vpc.this.cidr_block
}

output "private_subnet_id" {
  description = "Subnet of nodes and Redis."
  value       = aws_subnet.private.id
}

output "private_subnet_cidr" {
  description = "IPv4 block of the private subnet."
  value       = aws_subnet.private.cidr_block
}

output "public_subnet_id" {
  description = "Subnet of the NAT gateway and of public load balancers."
  value       = aws_subnet.public.id
}

output "public_subnet_cidr" {
  description = "IPv4 block of the public subnet."
  value       = aws_subnet.public.cidr_block
}

output "nat_public_ip" {
  description = "Address that nodes are seen with from outside: for customers' allow-lists."
  value       = aws_eip.nat.public_ip
}

output "redis_replication_group_id" {
  description = "The Redis replication group."
  value       = aws_elasticache_replication_group.this.replication_group_id
}

output "redis_user_group_id" {
  description = "User group that deployments add their user to."
  value       = aws_elasticache_user_group.this.user_group_id
}

output "redis_host" {
  description = "Primary endpoint of Redis (TLS)."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

output "redis_port" {
  description = "Port of Redis."
  value       = aws_elasticache_replication_group.this.port
}

output "redis_security_group_id" {
  description = "Security group that deployments add their rules to."
  value       = aws_security_group.redis.id
}

output "sns_topic_arn" {
  description = "Topic of watchers' and nodes' events."
  value       = aws_sns_topic.events.arn
}
