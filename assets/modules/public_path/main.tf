# Clients on the customer's allow-list -> internet-facing load balancer with a fixed address -> proxies.
# Nodes -> the shard's NAT gateway, whose fixed address the customer allows -> the database's public addresses.

locals {
  # Where the proxy listens on its node; `proxy_port` is what applications connect to.
  proxy_node_port = 5432
}

# The database's addresses are not ours to know, and change: nodes may go to its port anywhere.
resource "aws_vpc_security_group_egress_rule" "node_to_database" {
  for_each = var.node_security_group_ids

  security_group_id = each.value
  cidr_ipv4         = "0.0.0.0/0"
  description       = "To the database's public addresses, through the NAT gateway"
  ip_protocol       = "tcp"
  from_port         = var.database_port
  to_port           = var.database_port
}

resource "aws_security_group" "proxy_nlb" {
  name        = "${var.deployment}-proxy-nlb"
  description = "Internet-facing load balancer of the proxies of ${var.deployment}"
  vpc_id      = var.shard.vpc_id

  tags = { Name = "${var.deployment}-proxy-nlb" }
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  for_each = toset(var.client_cidrs)

  security_group_id = aws_security_group.proxy_nlb.id
  cidr_ipv4         = each.value
  description       = "Clients of ${var.deployment}"
  ip_protocol       = "tcp"
  from_port         = var.proxy_port
  to_port           = var.proxy_port
}

resource "aws_vpc_security_group_egress_rule" "proxy_nlb" {
  security_group_id            = aws_security_group.proxy_nlb.id
  referenced_security_group_id = var.node_security_group_ids.proxy
  description                  = "To the proxies, health checks included"
  ip_protocol                  = "tcp"
  from_port                    = local.proxy_node_port
  to_port                      = local.proxy_node_port
}

resource "aws_vpc_security_group_ingress_rule" "proxy" {
  security_group_id            = var.node_security_group_ids.proxy
  referenced_security_group_id = aws_security_group.proxy_nlb.id
  description                  = "From the proxies' load balancer, health checks included"
  ip_protocol                  = "tcp"
  from_port                    = local.proxy_node_port
  to_port                      = local.proxy_node_port
}

# The address that customers' firewalls and names point at.
resource "aws_eip" "proxy" {
  domain = "vpc"

  tags = { Name = "${var.deployment}-proxy" }
}

resource "aws_lb" "proxy" {
  name               = var.names.proxy_nlb
  load_balancer_type = "network"
  internal           = false
  security_groups    = [aws_security_group.proxy_nlb.id]

  enable_deletion_protection = var.deletion_protection

  subnet_mapping {
    subnet_id     = var.shard.public_subnet_id
    allocation_id = aws_eip.proxy.allocation_id
  }
}

resource "aws_lb_target_group" "proxy" {
  name        = var.names.proxy_target_group
  vpc_id      = var.shard.vpc_id
  target_type = "instance"
  protocol    = "TCP"
  port        = local.proxy_node_port

  # Proxies see who connects; the load balancer's group has already decided whether they may.
  preserve_client_ip   = true
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

  target_group_arn = aws_lb_target_group.proxy.arn
  target_id        = each.value
  port             = local.proxy_node_port
}

resource "aws_lb_listener" "proxy" {
  load_balancer_arn = aws_lb.proxy.arn
  protocol          = "TCP"
  port              = var.proxy_port

  # TCP is passed through: TLS is between the client and the proxy, which holds the certificate.
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.proxy.arn
  }

  lifecycle {
    # A target group in use cannot be deleted: when it is replaced, the listener goes first.
    replace_triggered_by = [aws_lb_target_group.proxy.id]
  }
}
