# Applications -> an interface endpoint in their own VPC, which is the customer's -> load balancer in the shard -> proxies.

data "aws_partition" "current" {}

locals {
  # Where the proxy listens on its node; `proxy.port` is what applications connect to.
  proxy_node_port = 5432
}

resource "aws_security_group" "outbound_nlb" {
  name        = "${var.deployment}-outbound-nlb"
  description = "Load balancer of the proxies of ${var.deployment}"
  vpc_id      = var.shard.vpc_id

  tags = { Name = "${var.deployment}-outbound-nlb" }
}

# Traffic of an endpoint is judged by the address of the client behind it, which is an application's.
resource "aws_vpc_security_group_ingress_rule" "outbound_nlb" {
  for_each = var.applications

  security_group_id = aws_security_group.outbound_nlb.id
  cidr_ipv4         = each.value.cidr
  description       = "From application ${each.key}, through the endpoint"
  ip_protocol       = "tcp"
  from_port         = var.proxy.port
  to_port           = var.proxy.port
}

resource "aws_vpc_security_group_egress_rule" "outbound_nlb" {
  security_group_id            = aws_security_group.outbound_nlb.id
  referenced_security_group_id = var.node_security_group_ids.proxy
  description                  = "To the proxies, health checks included"
  ip_protocol                  = "tcp"
  from_port                    = local.proxy_node_port
  to_port                      = local.proxy_node_port
}

resource "aws_vpc_security_group_ingress_rule" "proxy" {
  security_group_id            = var.node_security_group_ids.proxy
  referenced_security_group_id = aws_security_group.outbound_nlb.id
  description                  = "From the proxies' load balancer, health checks included"
  ip_protocol                  = "tcp"
  from_port                    = local.proxy_node_port
  to_port                      = local.proxy_node_port
}

resource "aws_lb" "outbound" {
  name               = var.names.outbound_nlb
  load_balancer_type = "network"
  internal           = true
  subnets            = [var.shard.private_subnet_id]
  security_groups    = [aws_security_group.outbound_nlb.id]

  enforce_security_group_inbound_rules_on_private_link_traffic = "on"
  enable_deletion_protection                                   = var.deletion_protection
}

resource "aws_lb_target_group" "outbound" {
  name        = var.names.outbound_target_group
  vpc_id      = var.shard.vpc_id
  target_type = "instance"
  protocol    = "TCP"
  port        = local.proxy_node_port

  # Through PrivateLink a target sees the load balancer's address whatever is set here: say what is true.
  preserve_client_ip   = false
  deregistration_delay = 60

  health_check {
    protocol            = "TCP"
    port                = "traffic-port"
    interval            = 10
    timeout             = 10
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_lb_target_group_attachment" "proxy" {
  for_each = var.proxy_instance_ids

  target_group_arn = aws_lb_target_group.outbound.arn
  target_id        = each.value
  port             = local.proxy_node_port
}

resource "aws_lb_listener" "outbound" {
  load_balancer_arn = aws_lb.outbound.arn
  protocol          = "TCP"
  port              = var.proxy.port

  # TCP is passed through: TLS, if any, is the proxy's own.
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.outbound.arn
  }

  lifecycle {
    # A target group in use cannot be deleted: when it is replaced, the listener goes first.
    replace_triggered_by = [aws_lb_target_group.outbound.id]
  }
}

# Customers make the endpoints. Whose account is allowed needs no acceptance; which of their VPCs may connect is the load
# balancer's security group's to say.
resource "aws_vpc_endpoint_service" "outbound" {
  acceptance_required        = false
  network_load_balancer_arns = [aws_lb.outbound.arn]

  allowed_principals = toset([
    for application in values(var.applications) : "arn:${data.aws_partition.current.partition}:iam::${application.account_id}:root"
  ])

  tags = { Name = "${var.deployment}-outbound" }
}
