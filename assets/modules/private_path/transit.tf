# The transit VPC is the only network of ours that the customer peers with. The shard is reached from it, and it from
# the shard, by PrivateLink alone: customers never share a route with the shard or with each other.

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # Both sides of each PrivateLink are ours, so nobody has to accept: the allow-list names this account alone.
  own_account = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"

  # Two VPCs can be peered once only: an application in the database's VPC comes through the database's peering.
  peered_applications = { for name, vpc in var.applications : name => vpc if vpc.vpc_id != var.database_vpc.vpc_id }
}

resource "aws_vpc" "transit" {
  cidr_block           = var.transit.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = "${var.deployment}-transit" }
}

# Nothing uses the default group; without any rule, nothing put into it by mistake can talk at all.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.transit.id

  tags = { Name = "${var.deployment}-transit-default-closed" }
}

# In the shard's zone, by ID: PrivateLink serves only zones that both sides have.
resource "aws_subnet" "transit" {
  vpc_id               = aws_vpc.transit.id
  cidr_block           = var.transit.subnet_cidr
  availability_zone_id = var.shard.zone_id

  tags = { Name = "${var.deployment}-transit" }
}

resource "aws_route_table" "transit" {
  vpc_id = aws_vpc.transit.id

  tags = { Name = "${var.deployment}-transit" }
}

resource "aws_route_table_association" "transit" {
  subnet_id      = aws_subnet.transit.id
  route_table_id = aws_route_table.transit.id
}

# Requests that the customer accepts, within 7 days, in the region of their VPC. Until then the routes lead nowhere.
resource "aws_vpc_peering_connection" "database" {
  vpc_id        = aws_vpc.transit.id
  peer_owner_id = var.database_vpc.account_id
  peer_region   = var.database_vpc.region
  peer_vpc_id   = var.database_vpc.vpc_id
  auto_accept   = false

  tags = { Name = "${var.deployment}-database" }
}

resource "aws_route" "database" {
  route_table_id            = aws_route_table.transit.id
  destination_cidr_block    = var.database_vpc.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection.database.id
}

resource "aws_vpc_peering_connection" "application" {
  for_each = local.peered_applications

  vpc_id        = aws_vpc.transit.id
  peer_owner_id = each.value.account_id
  peer_region   = each.value.region
  peer_vpc_id   = each.value.vpc_id
  auto_accept   = false

  tags = { Name = "${var.deployment}-${each.key}" }
}

resource "aws_route" "application" {
  for_each = local.peered_applications

  route_table_id            = aws_route_table.transit.id
  destination_cidr_block    = each.value.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection.application[each.key].id
}
