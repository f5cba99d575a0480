# Your side of PrivateLink both ways: the operator's endpoint to your service, and your endpoints to theirs.

# A service is shown to nobody but those whom its owner allows.
resource "aws_vpc_endpoint_service_allowed_principal" "operator" {
  count = var.service == null || !var.allow_principal ? 0 : 1

  vpc_endpoint_service_id = var.service.id
  principal_arn           = var.service.principal
}

# A destroy rejects the endpoint, which cuts every connection through it.
resource "aws_vpc_endpoint_connection_accepter" "operator" {
  count = var.service == null ? 0 : 1

  vpc_endpoint_service_id = var.service.id
  vpc_endpoint_id         = var.service.endpoint_id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  count = var.database == null || var.database_security_group_id == null ? 0 : 1

  security_group_id = var.database_security_group_id
  description       = "planewright ${var.deployment}"
  cidr_ipv4         = var.database.source_cidr
  ip_protocol       = "tcp"
  from_port         = var.database.port
  to_port           = var.database.port

  tags = { "planewright:handoff" = var.deployment }
}

data "aws_subnets" "zone" {
  for_each = var.applications

  filter {
    name   = "vpc-id"
    values = [each.value.vpc_id]
  }

  filter {
    name   = "availability-zone-id"
    values = [each.value.zone_id]
  }
}

resource "aws_security_group" "endpoint" {
  for_each = var.applications

  name        = "planewright-${var.deployment}-${each.key}"
  description = "Endpoint to the proxies of ${var.deployment}"
  vpc_id      = each.value.vpc_id

  tags = { "planewright:handoff" = var.deployment }
}

resource "aws_vpc_security_group_ingress_rule" "endpoint" {
  for_each = var.applications

  security_group_id = aws_security_group.endpoint[each.key].id
  description       = "From application ${each.key}"
  cidr_ipv4         = each.value.vpc_cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

resource "aws_vpc_endpoint" "proxy" {
  for_each = var.applications

  vpc_id              = each.value.vpc_id
  service_name        = each.value.service_name
  vpc_endpoint_type   = "Interface"
  subnet_ids          = slice(sort(data.aws_subnets.zone[each.key].ids), 0, min(1, length(data.aws_subnets.zone[each.key].ids)))
  security_group_ids  = [aws_security_group.endpoint[each.key].id]
  private_dns_enabled = false

  tags = {
    Name                  = "planewright-${var.deployment}-${each.key}"
    "planewright:handoff" = var.deployment
  }

  lifecycle {
    precondition {
      condition     = length(data.aws_subnets.zone[each.key].ids) > 0
      error_message = "The application's VPC has no subnet in zone ${each.value.zone_id}, where the proxies are: make one."
    }
  }
}

# Of exactly the proxy's name: whatever else you have under its parent goes on resolving.
resource "aws_route53_zone" "proxy" {
  for_each = { for name, application in var.applications : name => application if application.host != "" }

  name    = each.value.host
  comment = "planewright ${var.deployment}"

  vpc {
    vpc_id     = each.value.vpc_id
    vpc_region = var.region
  }
}

resource "aws_route53_record" "proxy" {
  for_each = aws_route53_zone.proxy

  zone_id = each.value.zone_id
  name    = each.value.name
  type    = "A"

  alias {
    name                   = aws_vpc_endpoint.proxy[each.key].dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.proxy[each.key].dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}
