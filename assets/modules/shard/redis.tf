# Redis holds configuration, state and users of Springtail for every deployment of the shard. Each deployment brings a
# user of its own, limited to its own keys, and adds it to the user group below.

resource "aws_elasticache_subnet_group" "this" {
  name        = var.names.subnet_group
  description = "Private subnet of shard ${var.shard}"
  subnet_ids  = [aws_subnet.private.id]
}

resource "aws_elasticache_parameter_group" "this" {
  name        = var.names.parameter_group
  description = "Redis 7 with keyspace notifications, for shard ${var.shard}"
  family      = "redis7"

  # Springtail follows changes of its configuration by keyspace (K) and keyevent (E) notifications of all commands (A).
  parameter {
    name  = "notify-keyspace-events"
    value = "AKE"
  }
}

# A user group must hold a user whose name is `default`. ElastiCache's built-in one is on, may do everything and has no
# password; ours takes its place, is switched off and may do nothing.
resource "aws_elasticache_user" "default" {
  user_id       = var.names.default_user_id
  user_name     = "default"
  engine        = "redis"
  access_string = "off resetchannels -@all"

  no_password_required = true
}

resource "aws_elasticache_user_group" "this" {
  user_group_id = var.names.user_group
  engine        = "redis"
  user_ids      = [aws_elasticache_user.default.user_id]

  lifecycle {
    # Deployments add and remove their own users (aws_elasticache_user_group_association).
    ignore_changes = [user_ids]
  }
}

resource "aws_security_group" "redis" {
  name        = "${var.shard}-redis"
  description = "Redis of shard ${var.shard}. Each deployment adds one rule for each of its roles."
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.shard}-redis" }
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id = var.names.replication_group
  description          = "Configuration and users of Springtail, shard ${var.shard}"

  engine               = "redis"
  engine_version       = var.redis.engine_version
  node_type            = var.redis.node_type
  port                 = 6379
  parameter_group_name = aws_elasticache_parameter_group.this.name

  # The product lives in a single zone: replicas are copies for a failed node, not for a failed zone.
  num_cache_clusters         = 1 + var.redis.replicas
  automatic_failover_enabled = var.redis.replicas > 0
  multi_az_enabled           = false

  subnet_group_name  = aws_elasticache_subnet_group.this.name
  security_group_ids = [aws_security_group.redis.id]
  user_group_ids     = [aws_elasticache_user_group.this.user_group_id]

  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  at_rest_encryption_enabled = true
  kms_key_id                 = var.kms_key_arn

  snapshot_retention_limit   = var.redis.snapshot_retention_days
  auto_minor_version_upgrade = true

  # What a plan shows happens when it is applied, not in next week's maintenance window.
  apply_immediately = true
}
