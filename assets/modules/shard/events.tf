# Events of watchers and nodes: a database's address has changed, a watcher fails. Subscribe whoever is on duty.
#
# With a KMS key of your own the topic is encrypted under it, and its key policy has to let cloudwatch.amazonaws.com use
# it (kms:Decrypt, kms:GenerateDataKey*). Without one the topic keeps SNS's own disk encryption: alarms cannot publish
# through the AWS-managed key alias/aws/sns, and an alarm that nobody hears is worse. Messages hold no secret.
resource "aws_sns_topic" "events" {
  name              = var.names.topic
  kms_master_key_id = var.kms_key_arn
}
