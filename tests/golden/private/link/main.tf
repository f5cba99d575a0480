# What can exist only once the customer has accepted the peerings.

module "link" {
  source = "./modules/link"

  # An application in the database's VPC shares the database's peering: a set holds it once.
  peering_ids = toset(concat(
    [var.contract.private.database_peering.id],
    [for peering in values(var.contract.private.application_peerings) : peering.id],
  ))
}
