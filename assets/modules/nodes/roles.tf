# One role for each kind of node, with what its boot program and Springtail's coordinator need and no more.

locals {
  role_names = {
    ingestion = var.names.ingestion_role
    proxy     = var.names.proxy_role
    fdw       = var.names.fdw_role
  }

  # Springtail's coordinator, on every node, looks the passwords of its own users up in the database's secret.
  # Only proxies hold the certificate's key.
  readable_secrets = {
    for role in local.roles : role => concat(
      [aws_secretsmanager_secret.database.arn, aws_secretsmanager_secret.redis.arn],
      role == "proxy" ? aws_secretsmanager_secret.proxy_tls[*].arn : [],
    )
  }

  parameter_arn_prefix = "arn:${data.aws_partition.current.partition}:ssm:${var.region}:${data.aws_caller_identity.current.account_id}:parameter"
  package_arn          = var.package.s3_uri == "" ? null : "arn:${data.aws_partition.current.partition}:s3:::${trimprefix(var.package.s3_uri, "s3://")}"
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "node" {
  for_each = local.roles

  statement {
    sid     = "ReadOwnConfiguration"
    actions = ["ssm:GetParameter"]
    resources = concat(
      ["${local.parameter_arn_prefix}${local.config_parameters[each.key]}"],
      [for parameter in aws_ssm_parameter.database_ca : parameter.arn],
    )
  }

  statement {
    sid       = "ReadOwnSecrets"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = local.readable_secrets[each.key]
  }

  statement {
    sid       = "TellTheShard"
    actions   = ["sns:Publish"]
    resources = [var.shard.sns_topic_arn]
  }

  dynamic "statement" {
    for_each = local.package_arn == null ? [] : [local.package_arn]

    content {
      sid       = "FetchThePackage"
      actions   = ["s3:GetObject"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]

    content {
      sid       = "UseTheKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      # Only on behalf of the services that encrypt for the node, never on bytes of its own choice.
      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [for service in ["secretsmanager", "sns", "s3"] : "${service}.${var.region}.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }
}

resource "aws_iam_role" "node" {
  for_each = local.roles

  name                 = local.role_names[each.key]
  description          = "${each.key} nodes of ${var.deployment}"
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  permissions_boundary = var.permissions_boundary_arn

  tags = { "planewright:role" = each.key }
}

resource "aws_iam_role_policy" "node" {
  for_each = local.roles

  name   = "node"
  role   = aws_iam_role.node[each.key].id
  policy = data.aws_iam_policy_document.node[each.key].json
}

# Nodes are administered and verified through Systems Manager: no SSH, no key pair, no open port.
resource "aws_iam_role_policy_attachment" "ssm" {
  for_each = local.roles

  role       = aws_iam_role.node[each.key].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "node" {
  for_each = local.roles

  name = aws_iam_role.node[each.key].name
  role = aws_iam_role.node[each.key].name
}
