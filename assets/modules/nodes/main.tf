data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  roles = toset(["ingestion", "proxy", "fdw"])

  # Every node by its key in the contract (`proxy-0`), for target groups and outputs: those that are counted, and those
  # that stand apart in an upgrade, as what they still are.
  keys = {
    for role in ["ingestion", "proxy", "fdw"] : role => toset(concat(
      [for index in range(role == "ingestion" ? 1 : var.nodes[role].count) : "${role}-${index}"],
      [for key in keys(var.apart) : key if startswith(key, "${role}-")],
    ))
  }
  ingestion = merge(var.nodes.ingestion, { protected = true }, try(var.apart["ingestion-0"], {}))
  proxies   = { for key in local.keys.proxy : key => merge(var.nodes.proxy, { protected = true }, try(var.apart[key], {})) }
  fdw_nodes = { for key in local.keys.fdw : key => merge(var.nodes.fdw, { protected = true }, try(var.apart[key], {})) }

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

# A node that is replaced is there before the old one goes: where AWS has no room for it, nothing is lost. That order is
# passed on to everything that a node depends on, so it depends on no parameter: those know the whole path to the database,
# whose load balancer could not be made beside one of the same name. A node that is faster than its parameter waits for it.
#
# A volume is attached to one node only: the attachment, which depends on the node, stops the old one and moves over
# between the new node's making and the old one's end. The new node waits for its volumes, and imports their pool.
resource "aws_instance" "ingestion" {
  ami                    = local.ingestion.ami_id
  instance_type          = local.ingestion.instance_type
  subnet_id              = var.shard.private_subnet_id
  vpc_security_group_ids = [aws_security_group.node["ingestion"].id]
  iam_instance_profile   = aws_iam_instance_profile.node["ingestion"].name

  user_data                   = local.user_data["ingestion"]
  user_data_replace_on_change = true

  associate_public_ip_address          = false
  disable_api_termination              = var.deletion_protection && local.ingestion.protected
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
    create_before_destroy = true

    precondition {
      condition     = length(local.user_data["ingestion"]) <= 16384
      error_message = "The boot program no longer fits into EC2's 16 KiB of user data."
    }
  }

  # What the boot program reads may be read before the node starts.
  depends_on = [aws_iam_role_policy.node]
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
  disable_api_termination              = var.deletion_protection && each.value.protected
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

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_iam_role_policy.node]
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
  disable_api_termination              = var.deletion_protection && each.value.protected
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

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_iam_role_policy.node]
}
