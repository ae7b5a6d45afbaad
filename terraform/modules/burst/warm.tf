# Before a known event, functions are started and kept; a cold start takes about half a second.

locals {
  warmings = merge([
    for event, times in var.events : {
      for operation in keys(local.endpoints) : "${event}-${operation}" => merge(times, { operation = operation })
    }
  ]...)
}

resource "aws_appautoscaling_target" "function" {
  for_each = length(var.events) > 0 ? local.endpoints : {}

  service_namespace  = "lambda"
  resource_id        = "function:${module.endpoint[each.key].function_name}:${module.endpoint[each.key].alias_name}"
  scalable_dimension = "lambda:function:ProvisionedConcurrency"
  min_capacity       = 0
  max_capacity       = 0

  lifecycle {
    # The schedule moves them.
    ignore_changes = [min_capacity, max_capacity]
  }
}

resource "aws_appautoscaling_scheduled_action" "begins" {
  for_each = local.warmings

  name               = "${var.name}-${each.key}-begins"
  service_namespace  = "lambda"
  resource_id        = aws_appautoscaling_target.function[each.value.operation].resource_id
  scalable_dimension = "lambda:function:ProvisionedConcurrency"
  schedule           = "at(${formatdate("YYYY-MM-DD'T'hh:mm:ss", timeadd(each.value.starts_at, "-20m"))})"

  scalable_target_action {
    min_capacity = each.value.concurrency
    max_capacity = each.value.concurrency
  }
}

resource "aws_appautoscaling_scheduled_action" "ends" {
  for_each = local.warmings

  name               = "${var.name}-${each.key}-ends"
  service_namespace  = "lambda"
  resource_id        = aws_appautoscaling_target.function[each.value.operation].resource_id
  scalable_dimension = "lambda:function:ProvisionedConcurrency"
  schedule           = "at(${formatdate("YYYY-MM-DD'T'hh:mm:ss", each.value.ends_at)})"

  scalable_target_action {
    min_capacity = 0
    max_capacity = 0
  }
}
