output "nodes" {
  description = "Every node, by its key: ingestion-0, proxy-0 ..."
  value = merge(
    {
      "ingestion-0" = {
        name        = "${var.deployment}-ingestion-0"
        role        = "ingestion"
        instance_id = aws_instance.ingestion.id
        private_ip  = aws_instance.ingestion.private_ip
      }
    },
    { for key, node in aws_instance.proxy : key => {
      name        = "${var.deployment}-${key}"
      role        = "proxy"
      instance_id = node.id
      private_ip  = node.private_ip
    } },
    { for key, node in aws_instance.fdw : key => {
      name        = "${var.deployment}-${key}"
      role        = "fdw"
      instance_id = node.id
      private_ip  = node.private_ip
    } },
  )
}

output "proxy_instance_ids" {
  description = "Every proxy's instance id, by its key: what load balancers send connections to."
  value       = { for key, node in aws_instance.proxy : key => node.id }
}

output "security_group_ids" {
  description = "Security group of each role."
  value       = { for role, group in aws_security_group.node : role => group.id }
}

output "data_volume_ids" {
  description = "Ingestion's data volumes, in the order of their pairs; none where it keeps data on its own disks."
  value       = [for key in sort(keys(local.data_devices)) : aws_ebs_volume.data[key].id]
}

output "slog_volume_id" {
  description = "Ingestion's intent-log volume; null where it keeps data on its own disks."
  value       = one(aws_ebs_volume.slog[*].id)
}

output "database_secret_name" {
  description = "Secret of the database's passwords. A name: the value is not known here."
  value       = aws_secretsmanager_secret.database.name
}

output "redis_secret_name" {
  description = "Secret of the Redis user's password."
  value       = aws_secretsmanager_secret.redis.name
}

output "proxy_tls_secret_name" {
  description = "Secret of the proxy's certificate and key; null when it has none."
  value       = one(aws_secretsmanager_secret.proxy_tls[*].name)
}

output "redis_user_id" {
  description = "The deployment's own Redis user."
  value       = aws_elasticache_user.this.user_id
}

output "redis_user_name" {
  description = "Name that the deployment's Redis user logs in with."
  value       = aws_elasticache_user.this.user_name
}

output "redis_access_string" {
  description = "Rights that seed-secrets gives the Redis user when it switches it on."
  value       = local.redis_access_string
}
