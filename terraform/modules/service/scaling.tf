resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.this.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = var.least_tasks
  max_capacity       = var.most_tasks
}

resource "aws_appautoscaling_policy" "usage" {
  for_each = {
    cpu    = { metric = "ECSServiceAverageCPUUtilization", target = var.target_cpu_percent }
    memory = { metric = "ECSServiceAverageMemoryUtilization", target = 70 }
    requests = {
      metric = "ALBRequestCountPerTarget"
      target = var.target_requests_per_minute
      label  = "${aws_lb.this.arn_suffix}/${aws_lb_target_group.servers.arn_suffix}"
    }
  }

  name               = "${var.name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  resource_id        = aws_appautoscaling_target.this.resource_id
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = each.value.target
    scale_out_cooldown = 30
    # An audience comes back after the break.
    scale_in_cooldown = 600

    predefined_metric_specification {
      predefined_metric_type = each.value.metric
      resource_label         = try(each.value.label, null)
    }
  }
}

# Before a known event there are as many tasks as it will take; afterwards as few as before.
resource "aws_appautoscaling_scheduled_action" "event" {
  for_each = merge([
    for event, times in var.events : {
      "${event}-begins" = { at = timeadd(times.starts_at, "-20m"), least = max(times.tasks, var.least_tasks) }
      "${event}-ends"   = { at = times.ends_at, least = var.least_tasks }
    }
  ]...)

  name               = "${var.name}-${each.key}"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  resource_id        = aws_appautoscaling_target.this.resource_id
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  schedule           = "at(${formatdate("YYYY-MM-DD'T'hh:mm:ss", each.value.at)})"

  scalable_target_action {
    min_capacity = each.value.least
    max_capacity = var.most_tasks
  }
}
