# The proxy's name, for applications. The zone is the name itself and not its parent: whatever else the customer has
# under the parent goes on resolving, and two deployments under one parent do not conflict.

locals {
  has_zone = var.proxy.host != ""
}

resource "aws_route53_zone" "proxy" {
  count = local.has_zone ? 1 : 0

  name    = var.proxy.host
  comment = "Proxies of ${var.deployment}"

  vpc {
    vpc_id     = aws_vpc.transit.id
    vpc_region = var.region
  }

  lifecycle {
    # Customers associate their own VPCs with the zone; they are theirs to take away again.
    ignore_changes = [vpc]
  }
}

# An alias, because the apex of a zone takes no CNAME.
resource "aws_route53_record" "proxy" {
  count = local.has_zone ? 1 : 0

  zone_id = aws_route53_zone.proxy[0].zone_id
  name    = var.proxy.host
  type    = "A"

  alias {
    name                   = aws_vpc_endpoint.outbound.dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.outbound.dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}

# Leave for the customer to associate each application's VPC, which only its owner can do.
resource "aws_route53_vpc_association_authorization" "application" {
  for_each = local.has_zone ? var.applications : {}

  zone_id    = aws_route53_zone.proxy[0].zone_id
  vpc_id     = each.value.vpc_id
  vpc_region = each.value.region
}
