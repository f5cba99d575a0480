output "dns_resolution_peering_ids" {
  description = "None: no network is peered."
  value       = []
}

output "database_zone_id" {
  description = "The private zone in which the database's name leads to the endpoint."
  value       = module.link.database_zone_id
}
