# Nodes -> interface endpoint in the shard -> load balancer in the transit VPC -> peering -> database.

resource "aws_security_group" "inbound_nlb" {
  name        = "${var.deployment}-inbound-nlb"
  description = "Load balancer towards the database of ${var.deployment}"
  vpc_id      = aws_vpc.transit.id

  tags = { Name = "${var.deployment}-inbound-nlb" }
}

# Traffic of an endpoint is judged by the address of the client behind it, which is a node's.
resource "aws_vpc_security_group_ingress_rule" "inbound_nlb" {
  security_group_id = aws_security_group.inbound_nlb.id
  cidr_ipv4         = var.shard.private_subnet_cidr
  description       = "From the shard's nodes, through the endpoint"
  ip_protocol       = "tcp"
  from_port         = var.database.port
  to_port           = var.database.port
}

resource "aws_vpc_security_group_egress_rule" "inbound_nlb" {
  security_group_id = aws_security_group.inbound_nlb.id
  cidr_ipv4         = var.database_vpc.cidr
  description       = "To the database, health checks included"
  ip_protocol       = "tcp"
  from_port         = var.database.port
  to_port           = var.database.port
}

resource "aws_lb" "inbound" {
  name               = var.names.inbound_nlb
  load_balancer_type = "network"
  internal           = true
  subnets            = [aws_subnet.transit.id]
  security_groups    = [aws_security_group.inbound_nlb.id]

  enforce_security_group_inbound_rules_on_private_link_traffic = "on"
  enable_deletion_protection                                   = var.deletion_protection
}

# The target is the database's address, which the watcher registers and keeps true: a failover changes it. It lies
# outside this VPC, so the watcher registers it with AvailabilityZone=all.
resource "aws_lb_target_group" "inbound" {
  name               = var.names.inbound_target_group
  vpc_id             = aws_vpc.transit.id
  target_type        = "ip"
  protocol           = "TCP"
  port               = var.database.port
  preserve_client_ip = false

  # Connections to an address that is no longer the database's are of no use to anybody.
  deregistration_delay   = 30
  connection_termination = true

  health_check {
    protocol            = "TCP"
    port                = "traffic-port"
    interval            = 10
    timeout             = 10
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_lb_listener" "inbound" {
  load_balancer_arn = aws_lb.inbound.arn
  protocol          = "TCP"
  port              = var.database.port

  # TCP is passed through: a TLS listener would break PostgreSQL's own way of starting TLS.
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.inbound.arn
  }

  lifecycle {
    # A target group in use cannot be deleted: when it is replaced (another port), the listener goes first.
    replace_triggered_by = [aws_lb_target_group.inbound.id]
  }
}

resource "aws_vpc_endpoint_service" "inbound" {
  acceptance_required        = false
  allowed_principals         = [local.own_account]
  network_load_balancer_arns = [aws_lb.inbound.arn]

  tags = { Name = "${var.deployment}-inbound" }
}

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

resource "aws_vpc_endpoint" "inbound" {
  vpc_id              = var.shard.vpc_id
  service_name        = aws_vpc_endpoint_service.inbound.service_name
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [var.shard.private_subnet_id]
  security_group_ids  = [aws_security_group.inbound_endpoint.id]
  private_dns_enabled = false

  tags = { Name = "${var.deployment}-inbound" }
}
