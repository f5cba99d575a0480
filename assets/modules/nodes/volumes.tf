# Ingestion's data on EBS: mirrored pairs, striped (ZFS RAID10), and the intent log's own volume (SLOG). They are
# resources of their own, so that they outlive the node: a new node imports the pool that it finds, and formats nothing
# that holds a signature. The node knows its volumes by their ids, which NVMe shows as serial numbers; device names are
# not stable. With storage `nvme` there are none: the node makes its pool of the disks that its instance type comes with.

locals {
  on_ebs = var.nodes.ingestion.storage == "ebs"

  # Eight volumes at most: /dev/sdf to /dev/sdm. The SLOG is /dev/sdp.
  data_devices = { for index in range(local.on_ebs ? var.nodes.ingestion.volumes.count : 0) : "data-${index}" => "/dev/sd${substr("fghijklm", index, 1)}" }
}

resource "aws_ebs_volume" "data" {
  for_each = local.data_devices

  availability_zone = var.shard.availability_zone
  type              = var.nodes.ingestion.volumes.type
  size              = var.nodes.ingestion.volumes.size_gib
  iops              = var.nodes.ingestion.volumes.iops
  throughput        = var.nodes.ingestion.volumes.throughput_mibps
  encrypted         = true
  kms_key_id        = var.kms_key_arn

  tags = {
    Name               = "${var.deployment}-${each.key}"
    "planewright:role" = "ingestion"
  }
}

resource "aws_ebs_volume" "slog" {
  count = local.on_ebs ? 1 : 0

  availability_zone = var.shard.availability_zone
  type              = var.nodes.ingestion.slog.type
  size              = var.nodes.ingestion.slog.size_gib
  iops              = var.nodes.ingestion.slog.iops
  throughput        = var.nodes.ingestion.slog.throughput_mibps
  encrypted         = true
  kms_key_id        = var.kms_key_arn

  tags = {
    Name               = "${var.deployment}-slog"
    "planewright:role" = "ingestion"
  }
}

resource "aws_volume_attachment" "data" {
  for_each = local.data_devices

  device_name = each.value
  volume_id   = aws_ebs_volume.data[each.key].id
  instance_id = aws_instance.ingestion.id

  # A pool that is mounted does not let go of its volumes. Stopping the node first exports it in good order.
  stop_instance_before_detaching = true
}

resource "aws_volume_attachment" "slog" {
  count = local.on_ebs ? 1 : 0

  device_name = "/dev/sdp"
  volume_id   = aws_ebs_volume.slog[0].id
  instance_id = aws_instance.ingestion.id

  stop_instance_before_detaching = true
}

# Stacks that were applied before storage was a choice.
moved {
  from = aws_ebs_volume.slog
  to   = aws_ebs_volume.slog[0]
}

moved {
  from = aws_volume_attachment.slog
  to   = aws_volume_attachment.slog[0]
}
