# One private and one public subnet in a single zone. Nodes of all deployments live in the private one; the public one
# holds the NAT gateway and, for deployments of the public topology, their load balancers.

resource "aws_vpc" "this" {
  cidr_block           = var.network.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.shard }
}

# A VPC's default security group lets its members talk to each other and to the world. Nothing here uses it; without
# any rule, nothing put into it by mistake can talk at all.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.shard}-default-closed" }
}

resource "aws_subnet" "private" {
  vpc_id               = aws_vpc.this.id
  cidr_block           = var.network.private_subnet_cidr
  availability_zone_id = var.zone_id

  tags = { Name = "${var.shard}-private" }
}

resource "aws_subnet" "public" {
  vpc_id               = aws_vpc.this.id
  cidr_block           = var.network.public_subnet_cidr
  availability_zone_id = var.zone_id

  # Load balancers bring addresses of their own; nothing gets one by merely starting here.
  map_public_ip_on_launch = false

  tags = { Name = "${var.shard}-public" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.shard }
}

# The address that customers of the public topology put on their allow-lists. Replacing it cuts all of them off.
resource "aws_eip" "nat" {
  domain = "vpc"

  tags = { Name = "${var.shard}-nat" }
}

resource "aws_nat_gateway" "this" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public.id

  tags = { Name = var.shard }

  # The gateway is of no use before its VPC has a way out.
  depends_on = [aws_internet_gateway.this]
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.shard}-private" }
}

resource "aws_route" "private_default" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this.id
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.shard}-public" }
}

resource "aws_route" "public_default" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

# Packages come from S3: through the gateway endpoint they cost nothing and do not pass the NAT gateway.
data "aws_vpc_endpoint_service" "s3" {
  service      = "s3"
  service_type = "Gateway"
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = data.aws_vpc_endpoint_service.s3.service_name
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]

  tags = { Name = "${var.shard}-s3" }
}
