# What can exist only once the customer has accepted our endpoint.

module "link" {
  source = "./modules/service_link"

  deployment    = var.deployment
  region        = var.region
  database_host = var.database_host
  endpoint_id   = var.contract.service.inbound_endpoint_id
}
