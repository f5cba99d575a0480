# The deployment's contract: the link stack, seed-secrets, verification and the report read these. No value is a secret.

output "nodes" {
  description = "Every node, by its key: ingestion-0, proxy-0 ..."
  value       = module.nodes.nodes
}

output "data_volume_ids" {
  description = "Ingestion's data volumes, in the order of their pairs; none where it keeps data on its own disks."
  value       = module.nodes.data_volume_ids
}

output "slog_volume_id" {
  description = "Ingestion's intent-log volume; null where it keeps data on its own disks."
  value       = module.nodes.slog_volume_id
}

output "database_secret_name" {
  description = "Secret of the database's passwords. A name: the value is not known here."
  value       = module.nodes.database_secret_name
}

output "redis_secret_name" {
  description = "Secret of the Redis user's password."
  value       = module.nodes.redis_secret_name
}

output "redis_user_id" {
  description = "The deployment's own Redis user."
  value       = module.nodes.redis_user_id
}

output "redis_user_name" {
  description = "Name that the deployment's Redis user logs in with."
  value       = module.nodes.redis_user_name
}

output "redis_access_string" {
  description = "Rights that seed-secrets gives the Redis user when it switches it on."
  value       = module.nodes.redis_access_string
}

output "proxy_tls_secret_name" {
  description = "Secret of the proxy's certificate and key; null when it has none."
  value       = module.nodes.proxy_tls_secret_name
}

output "private" {
  description = "The private topology's path over a peering; null in any other."
  value       = null
}

output "service" {
  description = "The private topology's path through the customer's endpoint service; null in any other."
  value       = module.service_path.path
}

output "public" {
  description = "The public topology's path; null in the private one."
  value       = null
}
