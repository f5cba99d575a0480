# In front of the database: a load balancer and an endpoint service. No network of yours is connected with any other.

data "aws_subnets" "zone" {
  filter {
    name   = "vpc-id"
    values = [var.database.vpc_id]
  }

  filter {
    name   = "availability-zone-id"
    values = [var.database.zone_id]
  }
}

locals {
  # One subnet of each zone at most, and one of the operator's zone: their endpoint is there.
  subnet_ids = var.subnet_ids == null ? slice(sort(data.aws_subnets.zone.ids), 0, min(1, length(data.aws_subnets.zone.ids))) : var.subnet_ids
  name       = "${var.deployment}-db"
}

resource "aws_security_group" "balancer" {
  name        = "${var.deployment}-database-service"
  description = "Load balancer before the database, for ${var.deployment}"
  vpc_id      = var.database.vpc_id

  tags = { "planewright:handoff" = var.deployment }
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  security_group_id = aws_security_group.balancer.id
  description       = "To the database, health checks included"
  cidr_ipv4         = var.database.vpc_cidr
  ip_protocol       = "tcp"
  from_port         = var.database.port
  to_port           = var.database.port
}

resource "aws_lb" "database" {
  name               = substr(local.name, 0, min(32, length(local.name)))
  load_balancer_type = "network"
  internal           = true
  subnets            = local.subnet_ids
  security_groups    = [aws_security_group.balancer.id]

  # The database may be in another zone than the load balancer, and moves with a failover.
  enable_cross_zone_load_balancing = true
  # Who connects is decided by the service: those whom it allows, and whose endpoint was accepted.
  enforce_security_group_inbound_rules_on_private_link_traffic = "off"

  tags = { "planewright:handoff" = var.deployment }

  lifecycle {
    precondition {
      condition     = length(local.subnet_ids) > 0
      error_message = "The VPC has no subnet in zone ${var.database.zone_id}: make one, or name subnets in subnet_ids."
    }
  }
}

resource "aws_lb_target_group" "database" {
  name               = substr(local.name, 0, min(32, length(local.name)))
  vpc_id             = var.database.vpc_id
  target_type        = "ip"
  protocol           = "TCP"
  port               = var.database.port
  preserve_client_ip = false

  # Connections to an address that is no longer the database's are of no use to anybody.
  connection_termination = true

  health_check {
    protocol = "TCP"
    port     = "traffic-port"
  }
}

resource "aws_lb_target_group_attachment" "database" {
  target_group_arn = aws_lb_target_group.database.arn
  target_id        = var.database_address
  port             = var.database.port
}

# TCP is passed through: a TLS listener would break PostgreSQL's own way of starting TLS.
resource "aws_lb_listener" "database" {
  load_balancer_arn = aws_lb.database.arn
  protocol          = "TCP"
  port              = var.database.port

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.database.arn
  }
}

resource "aws_vpc_endpoint_service" "database" {
  acceptance_required        = true
  network_load_balancer_arns = [aws_lb.database.arn]

  tags = { "planewright:handoff" = var.deployment }
}

resource "aws_vpc_endpoint_service_allowed_principal" "operator" {
  vpc_endpoint_service_id = aws_vpc_endpoint_service.database.id
  principal_arn           = var.database.principal
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  count = var.database_security_group_id == null ? 0 : 1

  security_group_id            = var.database_security_group_id
  description                  = "planewright ${var.deployment}"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = var.database.port
  to_port                      = var.database.port

  tags = { "planewright:handoff" = var.deployment }
}

output "service_name" {
  description = "What the operator asks for."
  value       = aws_vpc_endpoint_service.database.service_name
}
