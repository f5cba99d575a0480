# The database's own name, in the shard's VPC alone: it leads to the endpoint, so that whatever connects by that name
# verifies TLS against it. The zone is the name itself and not its parent: all else under the parent goes on resolving.
#
# Of an endpoint that waits for acceptance nothing resolves: that is why this is a stack of its own.

data "aws_vpc_endpoint" "inbound" {
  id = var.endpoint_id
}

resource "aws_route53_zone" "database" {
  name    = var.database_host
  comment = "Database of ${var.deployment}, through the customer's endpoint service"

  vpc {
    vpc_id     = data.aws_vpc_endpoint.inbound.vpc_id
    vpc_region = var.region
  }
}

# An alias, because the apex of a zone takes no CNAME.
resource "aws_route53_record" "database" {
  zone_id = aws_route53_zone.database.zone_id
  name    = var.database_host
  type    = "A"

  alias {
    name                   = data.aws_vpc_endpoint.inbound.dns_entry[0].dns_name
    zone_id                = data.aws_vpc_endpoint.inbound.dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}
