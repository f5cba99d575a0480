# Your side of the connection. A destroy deletes routes, rule and associations. It only forgets the peering and its DNS
# option: the peering stays as it is until somebody deletes it, and then it has to be requested anew.

resource "aws_vpc_peering_connection_accepter" "this" {
  for_each = var.peerings

  vpc_peering_connection_id = each.value.id
  auto_accept               = true
}

# Possible only once the peering is active.
resource "aws_vpc_peering_connection_options" "this" {
  for_each = { for name, peering in var.peerings : name => peering if peering.allow_dns }

  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.this[each.key].id

  accepter {
    allow_remote_vpc_dns_resolution = true
  }
}

resource "aws_route" "this" {
  for_each = local.routes

  route_table_id            = each.value.table
  destination_cidr_block    = each.value.destination
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.this[each.value.peering].id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  count = var.database == null ? 0 : 1

  security_group_id = try(local.security_groups[0], null)
  description       = "planewright ${var.deployment}"
  cidr_ipv4         = var.database.source_cidr
  ip_protocol       = "tcp"
  from_port         = var.database.port
  to_port           = var.database.port

  tags = { "planewright:handoff" = var.deployment }

  lifecycle {
    precondition {
      condition     = length(local.security_groups) > 0
      error_message = "RDS does not run this database: name its security group in database_security_group_id."
    }
  }
}

resource "aws_route53_zone_association" "this" {
  for_each = var.zones

  zone_id    = each.value.zone_id
  vpc_id     = each.value.vpc_id
  vpc_region = each.value.region
}
