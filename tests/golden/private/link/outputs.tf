output "dns_resolution_peering_ids" {
  description = "Peerings whose DNS option is set on our side."
  value       = module.link.dns_resolution_peering_ids
}
