locals {
  database_peering = {
    id              = aws_vpc_peering_connection.database.id
    peer_account_id = var.database_vpc.account_id
    peer_region     = var.database_vpc.region
    peer_vpc_id     = var.database_vpc.vpc_id
    peer_cidr       = var.database_vpc.cidr
  }

  endpoint_dns = {
    inbound  = aws_vpc_endpoint.inbound.dns_entry[0].dns_name
    outbound = aws_vpc_endpoint.outbound.dns_entry[0].dns_name
  }
}

output "inbound_endpoint_dns" {
  description = "Name that the nodes reach the database by."
  value       = local.endpoint_dns.inbound
}

output "path" {
  description = "The private path, as the next stack and verification need it."
  value = {
    transit_vpc_id            = aws_vpc.transit.id
    transit_vpc_cidr          = aws_vpc.transit.cidr_block
    inbound_nlb_arn           = aws_lb.inbound.arn
    inbound_target_group_arn  = aws_lb_target_group.inbound.arn
    inbound_service_name      = aws_vpc_endpoint_service.inbound.service_name
    inbound_endpoint_id       = aws_vpc_endpoint.inbound.id
    inbound_endpoint_dns      = local.endpoint_dns.inbound
    outbound_nlb_arn          = aws_lb.outbound.arn
    outbound_target_group_arn = aws_lb_target_group.outbound.arn
    outbound_service_name     = aws_vpc_endpoint_service.outbound.service_name
    outbound_endpoint_id      = aws_vpc_endpoint.outbound.id
    outbound_endpoint_dns     = local.endpoint_dns.outbound
    private_zone_id           = local.has_zone ? aws_route53_zone.proxy[0].zone_id : ""
    watcher_function_name     = aws_lambda_function.watcher.function_name
    database_peering          = local.database_peering
    application_peerings = {
      for name, vpc in var.applications : name => contains(keys(local.peered_applications), name) ? {
        id              = aws_vpc_peering_connection.application[name].id
        peer_account_id = vpc.account_id
        peer_region     = vpc.region
        peer_vpc_id     = vpc.vpc_id
        peer_cidr       = vpc.cidr
      } : local.database_peering
    }
  }
}
