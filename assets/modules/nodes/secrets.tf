# Containers without values: `planewright seed-secrets` puts the values in, so that none ever passes through a plan or
# the state. The README beside this stack gives the same as AWS CLI lines.
#
# A destroyed secret keeps its name for `secret_recovery_days`. Installing again before that: restore it
# (aws secretsmanager restore-secret) and import it, or delete it for good (delete-secret
# --force-delete-without-recovery). No secret here is the only copy of anything.

resource "aws_secretsmanager_secret" "database" {
  name                    = var.secret_names.database
  description             = "${var.deployment}: passwords of the customer's primary database"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days
}

resource "aws_secretsmanager_secret" "redis" {
  name                    = var.secret_names.redis
  description             = "${var.deployment}: password of the deployment's own Redis user"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days
}

resource "aws_secretsmanager_secret" "proxy_tls" {
  count = var.secret_names.proxy_tls == null ? 0 : 1

  name                    = var.secret_names.proxy_tls
  description             = "${var.deployment}: certificate chain and key of the proxy"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days
}
