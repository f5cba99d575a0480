# The deployment's own Redis user. Customers share a shard's Redis, so each is held to its own keys.

locals {
  key_prefix = "${var.identifiers.instance}:"

  # What seed-secrets sets, together with a password. Springtail's keys and channels all begin with the instance's id.
  #
  # Keys      ~<id>:*                       its own.
  # Channels  &<id>:*                       its own messages;
  #           &__keyspace@*__:<id>:*        notifications about its own keys. The two that name a database are the same
  #                                         again: a pattern subscription is allowed only if it is listed literally.
  #                                         No __keyevent@: those name every customer's keys.
  # Commands  data, messages, transactions, scripts (which run with the user's own rights) and connection handling;
  #           nothing dangerous (FLUSHALL, KEYS, CONFIG, CLIENT KILL, SWAPDB ...).
  redis_access_string = join(" ", [
    "on",
    "~${local.key_prefix}*",
    "resetchannels",
    "&${local.key_prefix}*",
    "&__keyspace@*__:${local.key_prefix}*",
    "&__keyspace@0__:${local.key_prefix}*",
    "&__keyspace@1__:${local.key_prefix}*",
    "-@all +@read +@write +@pubsub +@transaction +@connection +eval +evalsha +script|load +script|exists",
    "-@dangerous +info",
  ])
}

resource "aws_elasticache_user" "this" {
  user_id       = var.names.redis_user_id
  user_name     = var.names.redis_user_name
  engine        = "redis"
  access_string = "off resetchannels -@all"

  no_password_required = true

  lifecycle {
    # Switched on, with a password, by seed-secrets: a value that OpenTofu must never see.
    ignore_changes = [access_string, authentication_mode, passwords, no_password_required]
  }
}

resource "aws_elasticache_user_group_association" "this" {
  user_group_id = var.shard.redis_user_group_id
  user_id       = aws_elasticache_user.this.user_id
}
