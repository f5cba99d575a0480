# What a node needs to know and what may change without replacing it: one parameter for each role, read at every boot.
# No value is a secret: secrets are named, and the node fetches them into memory.

locals {
  # A node is made for its storage: another one is another name here, so other user data, and so another node.
  config_names = {
    ingestion = local.on_ebs ? "ingestion" : "ingestion-nvme"
    proxy     = "proxy"
    fdw       = "fdw"
  }
  config_parameters = { for role, name in local.config_names : role => "/planewright/${var.deployment}/node-config-${name}" }

  ca_is_given = var.database.certificate_authority == "pem"

  common_config = {
    format     = 1
    deployment = var.deployment
    shard      = var.shard.name
    region     = var.region
    ids        = var.identifiers
    package    = var.package.s3_uri == "" ? null : { uri = var.package.s3_uri, sha256 = var.package.sha256 }
    redis = {
      host   = var.shard.redis_host
      port   = var.shard.redis_port
      user   = var.names.redis_user_name
      secret = var.secret_names.redis
    }
    database = {
      host     = var.database.host
      port     = var.database.port
      name     = var.database.name
      user     = var.database.user
      secret   = var.secret_names.database
      endpoint = var.database_endpoint_dns
      ca = {
        kind      = var.database.certificate_authority
        parameter = local.ca_is_given ? aws_ssm_parameter.database_ca[0].name : null
      }
    }
    sns_topic_arn = var.shard.sns_topic_arn
  }
}

resource "aws_ssm_parameter" "ingestion" {
  name        = local.config_parameters["ingestion"]
  description = "Configuration of ${var.deployment}'s ingestion node"
  type        = "String"

  # Not a secret: so a plan shows what changes.
  insecure_value = jsonencode(merge(local.common_config, {
    role    = "ingestion"
    storage = var.nodes.ingestion.storage
    volumes = {
      data = [for key in sort(keys(local.data_devices)) : aws_ebs_volume.data[key].id]
      slog = one(aws_ebs_volume.slog[*].id)
    }
  }))
}

# Proxies and FDW nodes mount what ingestion exports.
resource "aws_ssm_parameter" "reader" {
  for_each = toset(["proxy", "fdw"])

  name        = local.config_parameters[each.key]
  description = "Configuration of ${var.deployment}'s ${each.key} nodes"
  type        = "String"

  # Not a secret: so a plan shows what changes.
  insecure_value = jsonencode(merge(local.common_config, {
    role      = each.key
    ingestion = { host = aws_instance.ingestion.private_ip }
    proxy = {
      port       = var.proxy.port
      tls_secret = each.key == "proxy" ? var.secret_names.proxy_tls : null
    }
  }))
}

# Certificates are public, and too long to share a parameter with the rest.
resource "aws_ssm_parameter" "database_ca" {
  count = local.ca_is_given ? 1 : 0

  name           = "/planewright/${var.deployment}/database-ca"
  description    = "Certificate authority of ${var.deployment}'s database (PEM)"
  type           = "String"
  insecure_value = var.database.ca_pem
}
