# Nodes -> interface endpoint in the shard -> the customer's endpoint service and load balancer -> database.
#
# The service, its load balancer and its target are the customer's. Where the service asks for acceptance, the endpoint
# is made and waits: what needs it to be accepted is stack link.

resource "aws_security_group" "inbound_endpoint" {
  name        = "${var.deployment}-inbound-endpoint"
  description = "Endpoint in the shard that leads to the database of ${var.deployment}"
  vpc_id      = var.shard.vpc_id

  tags = { Name = "${var.deployment}-inbound-endpoint" }
}

resource "aws_vpc_security_group_ingress_rule" "inbound_endpoint" {
  for_each = var.node_security_group_ids

  security_group_id            = aws_security_group.inbound_endpoint.id
  referenced_security_group_id = each.value
  description                  = "From ${each.key} nodes to the database"
  ip_protocol                  = "tcp"
  from_port                    = var.database.port
  to_port                      = var.database.port
}

resource "aws_vpc_security_group_egress_rule" "node_to_database" {
  for_each = var.node_security_group_ids

  security_group_id            = each.value
  referenced_security_group_id = aws_security_group.inbound_endpoint.id
  description                  = "To the database, through the endpoint"
  ip_protocol                  = "tcp"
  from_port                    = var.database.port
  to_port                      = var.database.port
}

# In the shard's one zone: the customer's load balancer has to be in it, too.
resource "aws_vpc_endpoint" "inbound" {
  vpc_id              = var.shard.vpc_id
  service_name        = var.database_service_name
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [var.shard.private_subnet_id]
  security_group_ids  = [aws_security_group.inbound_endpoint.id]
  private_dns_enabled = false

  tags = { Name = "${var.deployment}-inbound" }
}
