# A shard: what several deployments share. Its NAT address is on customers' allow-lists, and its Redis holds the
# configuration of every deployment: nothing here is replaced or destroyed while one of them exists.

module "shard" {
  source = "./modules/shard"

  shard       = var.shard
  zone_id     = var.zone_id
  network     = var.network
  redis       = var.redis
  names       = var.names
  kms_key_arn = var.kms_key_arn
}
