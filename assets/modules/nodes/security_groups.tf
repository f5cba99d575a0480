# One group for each role. Rules are resources of their own, each says what it is for. Rules towards the database and
# from the load balancers are in the modules of the path (private_path, public_path).

resource "aws_security_group" "node" {
  for_each = local.roles

  name        = "${var.deployment}-${each.key}"
  description = "${each.key} nodes of ${var.deployment}"
  vpc_id      = var.shard.vpc_id

  tags = {
    Name               = "${var.deployment}-${each.key}"
    "planewright:role" = each.key
  }
}

locals {
  # Who opens a connection to whom among the nodes, by port.
  mesh = {
    "proxy-fdw-postgres"   = { from = "proxy", to = "fdw", first = local.postgres_port, last = local.postgres_port, what = "reads that the proxy routes to a replica" }
    "proxy-ingestion-grpc" = { from = "proxy", to = "ingestion", first = 55051, last = 55053, what = "Springtail's own services (gRPC)" }
    "fdw-ingestion-grpc"   = { from = "fdw", to = "ingestion", first = 55051, last = 55053, what = "Springtail's own services (gRPC)" }
    "proxy-ingestion-nfs"  = { from = "proxy", to = "ingestion", first = 2049, last = 2049, what = "the data that ingestion exports (NFS 4.2)" }
    "fdw-ingestion-nfs"    = { from = "fdw", to = "ingestion", first = 2049, last = 2049, what = "the data that ingestion exports (NFS 4.2)" }
    "proxy-ingestion-keep" = { from = "proxy", to = "ingestion", first = 10080, last = 10080, what = "keep-alive" }
    "fdw-ingestion-keep"   = { from = "fdw", to = "ingestion", first = 10080, last = 10080, what = "keep-alive" }
    "proxy-ingestion-otel" = { from = "proxy", to = "ingestion", first = 4318, last = 4318, what = "telemetry of the deployment itself (OTLP)" }
    "fdw-ingestion-otel"   = { from = "fdw", to = "ingestion", first = 4318, last = 4318, what = "telemetry of the deployment itself (OTLP)" }
  }
}

resource "aws_vpc_security_group_ingress_rule" "mesh" {
  for_each = local.mesh

  security_group_id            = aws_security_group.node[each.value.to].id
  referenced_security_group_id = aws_security_group.node[each.value.from].id
  description                  = "From ${each.value.from}: ${each.value.what}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.first
  to_port                      = each.value.last
}

resource "aws_vpc_security_group_egress_rule" "mesh" {
  for_each = local.mesh

  security_group_id            = aws_security_group.node[each.value.from].id
  referenced_security_group_id = aws_security_group.node[each.value.to].id
  description                  = "To ${each.value.to}: ${each.value.what}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.first
  to_port                      = each.value.last
}

resource "aws_vpc_security_group_egress_rule" "redis" {
  for_each = local.roles

  security_group_id            = aws_security_group.node[each.key].id
  referenced_security_group_id = var.shard.redis_security_group_id
  description                  = "To the shard's Redis"
  ip_protocol                  = "tcp"
  from_port                    = var.shard.redis_port
  to_port                      = var.shard.redis_port
}

# A rule of ours in the shard's group: it comes and goes with this deployment.
resource "aws_vpc_security_group_ingress_rule" "redis" {
  for_each = local.roles

  security_group_id            = var.shard.redis_security_group_id
  referenced_security_group_id = aws_security_group.node[each.key].id
  description                  = "From ${each.key} nodes of ${var.deployment}"
  ip_protocol                  = "tcp"
  from_port                    = var.shard.redis_port
  to_port                      = var.shard.redis_port
}

# Systems Manager, Secrets Manager, SNS, S3 and package archives have no fixed addresses; the way out is the NAT gateway.
resource "aws_vpc_security_group_egress_rule" "https" {
  for_each = local.roles

  security_group_id = aws_security_group.node[each.key].id
  cidr_ipv4         = "0.0.0.0/0"
  description       = "AWS APIs and package archives (HTTPS)"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "http" {
  for_each = local.roles

  security_group_id = aws_security_group.node[each.key].id
  cidr_ipv4         = "0.0.0.0/0"
  description       = "Ubuntu's package archives, which are signed and served over HTTP"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}
