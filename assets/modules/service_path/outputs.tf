output "path" {
  description = "The private path without a peering, as the next stack and verification need it."
  value = {
    inbound_service_name      = var.database_service_name
    inbound_endpoint_id       = aws_vpc_endpoint.inbound.id
    outbound_nlb_arn          = aws_lb.outbound.arn
    outbound_target_group_arn = aws_lb_target_group.outbound.arn
    outbound_service_name     = aws_vpc_endpoint_service.outbound.service_name
    outbound_service_id       = aws_vpc_endpoint_service.outbound.id
  }
}
