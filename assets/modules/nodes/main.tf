data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  roles = toset(["ingestion", "proxy", "fdw"])

  # Every node by its key in the contract (`proxy-0`), for target groups and outputs.
  proxies   = { for index in range(var.nodes.proxy.count) : "proxy-${index}" => var.nodes.proxy }
  fdw_nodes = { for index in range(var.nodes.fdw.count) : "fdw-${index}" => var.nodes.fdw }

  # Where Springtail's proxy and its FDW PostgreSQL listen on their nodes.
  postgres_port = 5432
}

# User data is frozen into a node: whatever it holds cannot change without replacing the node. So it holds a program and
# the name of a parameter, and all that may change lies in the parameter (configuration.tf).
locals {
  user_data = {
    # The program comes packed (boot.py.xz.b85 holds boot.py and nothing else): compressed here, its bytes would be the
    # engine's, and another release of the engine would replace every node. Base85 leaves it 6% more room than base64.
    for role in local.roles : role => templatefile("${path.module}/user_data.sh.tftpl", {
      boot_program     = file("${path.module}/boot.py.xz.b85")
      region           = var.region
      config_parameter = local.config_parameters[role]
    })
  }
}

# Springtail's order of starting: ingestion, then proxies and FDW nodes, which are told ingestion's address.
resource "aws_instance" "ingestion" {
  ami                    = var.nodes.ingestion.ami_id
  instance_type          = var.nodes.ingestion.instance_type
  subnet_id              = var.shard.private_subnet_id
  vpc_security_group_ids = [aws_security_group.node["ingestion"].id]
  iam_instance_profile   = aws_iam_instance_profile.node["ingestion"].name

  user_data                   = local.user_data["ingestion"]
  user_data_replace_on_change = true

  associate_public_ip_address          = false
  disable_api_termination              = var.deletion_protection
  instance_initiated_shutdown_behavior = "stop"
  ebs_optimized                        = true

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  root_block_device {
    volume_type           = "gp3"
    volume_size           = var.nodes.ingestion.root_volume_gib
    encrypted             = true
    kms_key_id            = var.kms_key_arn
    delete_on_termination = true

    tags = { Name = "${var.deployment}-ingestion-0-root" }
  }

  # The last one tells Planewright that data goes with the instance: losing it takes a confirmation.
  tags = merge(
    {
      Name               = "${var.deployment}-ingestion-0"
      "planewright:role" = "ingestion"
    },
    local.on_ebs ? {} : { "planewright:storage" = "nvme" },
  )

  lifecycle {
    precondition {
      condition     = length(local.user_data["ingestion"]) <= 16384
      error_message = "The boot program no longer fits into EC2's 16 KiB of user data."
    }
  }

  # What the boot program reads is there, and may be read, before the node starts.
  depends_on = [aws_ssm_parameter.ingestion, aws_ssm_parameter.database_ca, aws_iam_role_policy.node]
}

resource "aws_instance" "proxy" {
  for_each = local.proxies

  ami                    = each.value.ami_id
  instance_type          = each.value.instance_type
  subnet_id              = var.shard.private_subnet_id
  vpc_security_group_ids = [aws_security_group.node["proxy"].id]
  iam_instance_profile   = aws_iam_instance_profile.node["proxy"].name

  user_data                   = local.user_data["proxy"]
  user_data_replace_on_change = true

  associate_public_ip_address          = false
  disable_api_termination              = var.deletion_protection
  instance_initiated_shutdown_behavior = "stop"
  ebs_optimized                        = true

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  root_block_device {
    volume_type           = "gp3"
    volume_size           = each.value.root_volume_gib
    encrypted             = true
    kms_key_id            = var.kms_key_arn
    delete_on_termination = true

    tags = { Name = "${var.deployment}-${each.key}-root" }
  }

  tags = {
    Name               = "${var.deployment}-${each.key}"
    "planewright:role" = "proxy"
  }

  depends_on = [aws_ssm_parameter.reader, aws_ssm_parameter.database_ca, aws_iam_role_policy.node]
}

resource "aws_instance" "fdw" {
  for_each = local.fdw_nodes

  ami                    = each.value.ami_id
  instance_type          = each.value.instance_type
  subnet_id              = var.shard.private_subnet_id
  vpc_security_group_ids = [aws_security_group.node["fdw"].id]
  iam_instance_profile   = aws_iam_instance_profile.node["fdw"].name

  user_data                   = local.user_data["fdw"]
  user_data_replace_on_change = true

  associate_public_ip_address          = false
  disable_api_termination              = var.deletion_protection
  instance_initiated_shutdown_behavior = "stop"
  ebs_optimized                        = true

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  root_block_device {
    volume_type           = "gp3"
    volume_size           = each.value.root_volume_gib
    encrypted             = true
    kms_key_id            = var.kms_key_arn
    delete_on_termination = true

    tags = { Name = "${var.deployment}-${each.key}-root" }
  }

  tags = {
    Name               = "${var.deployment}-${each.key}"
    "planewright:role" = "fdw"
  }

  depends_on = [aws_ssm_parameter.reader, aws_ssm_parameter.database_ca, aws_iam_role_policy.node]
}
