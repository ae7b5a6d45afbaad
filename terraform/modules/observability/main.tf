# What wakes somebody up. docs/operations.md says of each alarm what it means and what to do.

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = toset(var.alarm_emails)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

locals {
  balancer = { LoadBalancer = var.balancer_arn_suffix }
  servers  = { LoadBalancer = var.balancer_arn_suffix, TargetGroup = var.target_group_arn_suffix }
  service  = { ClusterName = var.cluster_name, ServiceName = var.service_name }
  database = { DBInstanceIdentifier = var.database_identifier }
  feed     = { environment = var.environment, operation = "get_changes" }

  alarms = {
    balancer-5xx = {
      says      = "The load balancer itself fails requests: no healthy server, or a function that throttles"
      namespace = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", dimensions = local.balancer
      statistic = "Sum", threshold = 10, minutes = 2
    }
    server-5xx = {
      says      = "Servers answer with 5XX"
      namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", dimensions = local.servers
      statistic = "Sum", threshold = 10, minutes = 2
    }
    latency-p99 = {
      says      = "One request in a hundred takes longer than a second"
      namespace = "AWS/ApplicationELB", metric = "TargetResponseTime", dimensions = local.servers
      statistic = "p99", threshold = 1, minutes = 3
    }
    no-healthy-servers = {
      says      = "A server fails its readiness check"
      namespace = "AWS/ApplicationELB", metric = "UnHealthyHostCount", dimensions = local.servers
      statistic = "Maximum", threshold = 1, minutes = 5
    }
    server-cpu = {
      says      = "Servers are busy although more were started: the most tasks are too few"
      namespace = "AWS/ECS", metric = "CPUUtilization", dimensions = local.service
      statistic = "Average", threshold = 85, minutes = 10
    }
    database-cpu = {
      says      = "The database is busy"
      namespace = "AWS/RDS", metric = "CPUUtilization", dimensions = local.database
      statistic = "Average", threshold = 80, minutes = 5
    }
    database-connections = {
      says      = "The database soon takes no more connections"
      namespace = "AWS/RDS", metric = "DatabaseConnections", dimensions = local.database
      statistic = "Maximum", threshold = floor(var.database_connections * 0.85), minutes = 3
    }
    feed-lag = {
      says      = "What was voted shows seconds late"
      namespace = "Ovation", metric = "FeedLag", dimensions = local.feed
      statistic = "Maximum", threshold = 5000, minutes = 2
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic == "p99" ? null : each.value.statistic
  extended_statistic  = each.value.statistic == "p99" ? "p99" : null
  period              = 60
  evaluation_periods  = each.value.minutes
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# Votes come in, and nothing was published for three minutes: no reader's poll made the tick run.
resource "aws_cloudwatch_metric_alarm" "lost_tick" {
  alarm_name          = "${var.name}-lost-tick"
  alarm_description   = "Votes are counted, but no tick shows them"
  evaluation_periods  = 3
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "lost"
    label       = "Minutes with votes and without a tick"
    expression  = "IF(FILL(votes, 0) > 0 AND FILL(ticks, 0) == 0, 1, 0)"
    return_data = true
  }

  metric_query {
    id = "votes"

    metric {
      namespace   = "Ovation"
      metric_name = "Votes"
      dimensions  = { environment = var.environment, operation = "cast_vote" }
      stat        = "Sum"
      period      = 60
    }
  }

  metric_query {
    id = "ticks"

    metric {
      namespace   = "Ovation"
      metric_name = "FeedLag"
      dimensions  = local.feed
      stat        = "SampleCount"
      period      = 60
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  for_each = var.function_names

  alarm_name          = "${var.name}-throttles-${each.key}"
  alarm_description   = "${each.key} is throttled: its reserved concurrency is too small"
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = each.value }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

# What AWS calls has no caller who would see it fail.
resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each = toset(var.operations)

  alarm_name          = "${var.name}-errors-${each.key}"
  alarm_description   = "${each.key} fails; its log says why"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = var.function_names[each.key] }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_budgets_budget" "this" {
  name         = var.name
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "notification" {
    for_each = length(var.alarm_emails) > 0 ? { FORECASTED = 100, ACTUAL = 80 } : {}

    content {
      notification_type          = notification.key
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = var.alarm_emails
    }
  }
}
