# What shift_burst asks: are the servers hot, are they calm, do the functions fail.

locals {
  server_dimensions = { ClusterName = var.cluster_name, ServiceName = var.service_name }
  group_dimensions  = { LoadBalancer = var.balancer_arn_suffix, TargetGroup = var.server_target_group_arn_suffix }

  load_alarms = {
    cpu-hot = {
      metric = "CPUUtilization", namespace = "AWS/ECS", statistic = "Average", dimensions = local.server_dimensions
      above  = true, threshold = var.hot_cpu_percent, minutes = 1
    }
    cpu-calm = {
      metric = "CPUUtilization", namespace = "AWS/ECS", statistic = "Average", dimensions = local.server_dimensions
      above  = false, threshold = var.calm_cpu_percent, minutes = 3
    }
    requests-hot = {
      metric     = "RequestCountPerTarget", namespace = "AWS/ApplicationELB", statistic = "Sum"
      dimensions = local.group_dimensions
      above      = true, threshold = var.hot_requests_per_minute, minutes = 1
    }
    requests-calm = {
      metric     = "RequestCountPerTarget", namespace = "AWS/ApplicationELB", statistic = "Sum"
      dimensions = local.group_dimensions
      above      = false, threshold = var.hot_requests_per_minute * var.calm_cpu_percent / var.hot_cpu_percent, minutes = 3
    }
  }

  failure_alarms = {
    # An unhandled exception is a 500 of the target, not an error of the function.
    errors = {
      metric = "HTTPCode_Target_5XX_Count", namespace = "AWS/ApplicationELB", threshold = var.failing_per_minute
      dimensions = { for operation, group in aws_lb_target_group.function : operation => {
        LoadBalancer = var.balancer_arn_suffix, TargetGroup = group.arn_suffix
      } }
    }
    # What crashes, or is cut off, has answered nothing: the balancer makes a 502 of it, and counts it elsewhere.
    crashes = {
      metric = "Errors", namespace = "AWS/Lambda", threshold = var.failing_per_minute
      dimensions = { for operation, function in module.endpoint : operation => {
        FunctionName = function.function_name
      } }
    }
    throttles = {
      metric = "Throttles", namespace = "AWS/Lambda", threshold = var.failing_per_minute
      dimensions = { for operation, function in module.endpoint : operation => {
        FunctionName = function.function_name
      } }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "load" {
  for_each = local.load_alarms

  alarm_name          = "${var.name}-burst-${each.key}"
  alarm_description   = "Read by shift_burst, by way of a composite alarm"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = each.value.minutes
  comparison_operator = each.value.above ? "GreaterThanOrEqualToThreshold" : "LessThanOrEqualToThreshold"
  threshold           = each.value.threshold
  # Who does not know the load moves nothing; but no requests at all are none too many.
  treat_missing_data = each.key == "requests-calm" ? "breaching" : "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "failure" {
  for_each = local.failure_alarms

  alarm_name          = "${var.name}-functions-${each.key}"
  alarm_description   = "${each.value.metric} of all burst functions together"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "total"
    expression  = "SUM(METRICS())"
    label       = each.value.metric
    return_data = true
  }

  dynamic "metric_query" {
    for_each = each.value.dimensions

    content {
      id = metric_query.key

      metric {
        namespace   = each.value.namespace
        metric_name = each.value.metric
        dimensions  = metric_query.value
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "this" {
  for_each = {
    hot     = "ALARM(\"${var.name}-burst-cpu-hot\") OR ALARM(\"${var.name}-burst-requests-hot\")"
    calm    = "ALARM(\"${var.name}-burst-cpu-calm\") AND ALARM(\"${var.name}-burst-requests-calm\")"
    failing = join(" OR ", [for failure in keys(local.failure_alarms) : "ALARM(\"${var.name}-functions-${failure}\")"])
  }

  alarm_name        = "${var.name}-burst-${each.key}"
  alarm_description = "Calls shift_burst, which asks what holds"
  alarm_rule        = each.value
  alarm_actions     = [aws_sns_topic.shift.arn]
  ok_actions        = [aws_sns_topic.shift.arn]

  depends_on = [aws_cloudwatch_metric_alarm.load, aws_cloudwatch_metric_alarm.failure]
}
