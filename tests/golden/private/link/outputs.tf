output "dns_resolution_peering_ids" {
  description = "Peerings whose DNS option is set on our side."
  value       = module.link.dns_resolution_peering_ids
}

output "database_zone_id" {
  description = "None: the database is reached by the endpoint's own name."
  value       = ""
}
