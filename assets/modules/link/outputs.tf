output "dns_resolution_peering_ids" {
  description = "Peerings whose DNS option is set on our side."
  value       = sort([for peering in aws_vpc_peering_connection_options.this : peering.vpc_peering_connection_id])
}
