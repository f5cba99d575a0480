# The watcher: a small function that resolves the database's name each minute, from within the transit VPC, and keeps the
# inbound target group at exactly the addresses that it finds.

locals {
  # What the watcher calls. The transit VPC has no way out, so each API needs an endpoint in it.
  watcher_apis = toset(["elasticloadbalancing", "sns"])
}

data "aws_vpc_endpoint_service" "watcher" {
  for_each = local.watcher_apis

  service      = each.key
  service_type = "Interface"

  lifecycle {
    postcondition {
      condition     = contains(self.availability_zones, var.shard.availability_zone)
      error_message = "AWS does not offer an interface endpoint of this API in the shard's zone: choose another zone ID for the shard."
    }
  }
}

resource "aws_security_group" "watcher" {
  name        = "${var.deployment}-watcher"
  description = "Watcher of ${var.deployment}"
  vpc_id      = aws_vpc.transit.id

  tags = { Name = "${var.deployment}-watcher" }
}

resource "aws_security_group" "api_endpoint" {
  name        = "${var.deployment}-api-endpoints"
  description = "AWS APIs that the watcher of ${var.deployment} calls"
  vpc_id      = aws_vpc.transit.id

  tags = { Name = "${var.deployment}-api-endpoints" }
}

resource "aws_vpc_security_group_egress_rule" "watcher" {
  security_group_id            = aws_security_group.watcher.id
  referenced_security_group_id = aws_security_group.api_endpoint.id
  description                  = "To the AWS APIs that it calls"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_ingress_rule" "api_endpoint" {
  security_group_id            = aws_security_group.api_endpoint.id
  referenced_security_group_id = aws_security_group.watcher.id
  description                  = "From the watcher"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_endpoint" "api" {
  for_each = local.watcher_apis

  vpc_id              = aws_vpc.transit.id
  service_name        = data.aws_vpc_endpoint_service.watcher[each.key].service_name
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [aws_subnet.transit.id]
  security_group_ids  = [aws_security_group.api_endpoint.id]
  private_dns_enabled = true

  tags = { Name = "${var.deployment}-${each.key}" }
}

data "aws_iam_policy_document" "watcher_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "watcher" {
  statement {
    sid       = "KeepTheTarget"
    actions   = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
    resources = [aws_lb_target_group.inbound.arn]
  }

  statement {
    sid       = "SeeTheTarget"
    actions   = ["elasticloadbalancing:DescribeTargetHealth"]
    resources = ["*"] # this action knows no resource
  }

  statement {
    sid       = "TellTheShard"
    actions   = ["sns:Publish"]
    resources = [var.shard.sns_topic_arn]
  }

  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.watcher.arn}:*"]
  }

  # Lambda makes and removes the function's network interface in its role's name; these actions know no resource
  # before it exists.
  statement {
    sid = "LiveInTheTransitVpc"
    actions = [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]

    content {
      sid       = "UseTheTopicsKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["sns.${var.region}.${data.aws_partition.current.dns_suffix}"]
      }
    }
  }
}

resource "aws_iam_role" "watcher" {
  name                 = var.names.watcher
  description          = "Watcher of ${var.deployment}"
  assume_role_policy   = data.aws_iam_policy_document.watcher_assume.json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "watcher" {
  name   = "watcher"
  role   = aws_iam_role.watcher.id
  policy = data.aws_iam_policy_document.watcher.json
}

resource "aws_cloudwatch_log_group" "watcher" {
  name              = "/aws/lambda/${var.names.watcher}"
  retention_in_days = var.log_retention_days
}

resource "aws_lambda_function" "watcher" {
  function_name    = var.names.watcher
  description      = "Keeps ${var.deployment}'s inbound target at the database's address"
  filename         = var.watcher_package
  source_code_hash = filebase64sha256(var.watcher_package)
  handler          = "handler.lambda_handler"
  runtime          = "python3.12"
  architectures    = ["arm64"]
  memory_size      = 128
  role             = aws_iam_role.watcher.arn

  # Shorter than the minute between two calls, and never retried (below): no two run at once. Reserved concurrency would
  # say the same, but cannot be had in accounts with the initial limit of ten.
  timeout = 50

  vpc_config {
    subnet_ids         = [aws_subnet.transit.id]
    security_group_ids = [aws_security_group.watcher.id]
  }

  environment {
    variables = {
      DATABASE_HOST    = var.database.host
      DATABASE_PORT    = tostring(var.database.port)
      TARGET_GROUP_ARN = aws_lb_target_group.inbound.arn
      SNS_TOPIC_ARN    = var.shard.sns_topic_arn
    }
  }

  depends_on = [aws_iam_role_policy.watcher, aws_vpc_endpoint.api]
}

resource "aws_lambda_function_event_invoke_config" "watcher" {
  function_name                = aws_lambda_function.watcher.function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}

resource "aws_cloudwatch_event_rule" "watcher" {
  name                = var.names.watcher
  description         = "Calls the watcher of ${var.deployment} each minute"
  schedule_expression = "rate(1 minute)"
}

resource "aws_cloudwatch_event_target" "watcher" {
  rule = aws_cloudwatch_event_rule.watcher.name
  arn  = aws_lambda_function.watcher.arn
}

resource "aws_lambda_permission" "watcher" {
  statement_id  = "schedule"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.watcher.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.watcher.arn
}

resource "aws_cloudwatch_metric_alarm" "watcher_errors" {
  alarm_name          = "${var.names.watcher}-errors"
  alarm_description   = "The watcher of ${var.deployment} fails: after a failover of the database its target would stay at the old address."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.watcher.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "breaching" # a watcher that is not called at all is as bad as one that fails

  alarm_actions = [var.shard.sns_topic_arn]
  ok_actions    = [var.shard.sns_topic_arn]
}
