provider "aws" {
  region = var.region

  # Credentials of any other account are refused before anything is read or made.
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = merge(var.tags, {
      "planewright:shard"      = var.shard
      "planewright:deployment" = var.deployment
      "planewright:stack"      = "link"
    })
  }
}
