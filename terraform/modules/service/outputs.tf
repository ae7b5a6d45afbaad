output "balancer_arn" {
  description = "The load balancer"
  value       = aws_lb.this.arn
}

output "balancer_arn_suffix" {
  description = "The load balancer, as metrics name it"
  value       = aws_lb.this.arn_suffix
}

output "balancer_dns_name" {
  description = "The load balancer's name inside the VPC"
  value       = aws_lb.this.dns_name
}

output "listener_arn" {
  description = "Where rules are added"
  value       = aws_lb_listener.https.arn
}

output "target_group_arn" {
  description = "The servers"
  value       = aws_lb_target_group.servers.arn
}

output "target_group_arn_suffix" {
  description = "The servers, as metrics name them"
  value       = aws_lb_target_group.servers.arn_suffix
}

output "cluster_name" {
  description = "The cluster"
  value       = aws_ecs_cluster.this.name
}

output "service_name" {
  description = "The service"
  value       = aws_ecs_service.this.name
}

output "task_families" {
  description = "Task definitions: the servers, and the migration"
  value       = [for task in aws_ecs_task_definition.this : task.family]
}

output "container_definitions" {
  description = "The containers as JSON by task definition, for the tests"
  value       = { for family, task in aws_ecs_task_definition.this : family => task.container_definitions }
}

output "role_arns" {
  description = "Roles that tasks run as"
  value       = [aws_iam_role.task.arn, aws_iam_role.migrate.arn, aws_iam_role.execution.arn]
}

output "policies" {
  description = "What the roles may do, as JSON, for the tests"
  value = {
    task      = aws_iam_role_policy.task.policy
    migrate   = aws_iam_role_policy.migrate.policy
    execution = aws_iam_role_policy.execution.policy
  }
}

output "log_bucket_arn" {
  description = "Where access logs go"
  value       = aws_s3_bucket.logs.arn
}

output "schedule" {
  description = "When the least number of tasks changes, for the tests"
  value       = { for name, action in aws_appautoscaling_scheduled_action.event : name => action.schedule }
}

output "facts" {
  description = "For the tests"
  value = {
    is_internal     = aws_lb.this.internal
    tls_policy      = aws_lb_listener.https.ssl_policy
    target_protocol = aws_lb_target_group.servers.protocol
    health_path     = aws_lb_target_group.servers.health_check[0].path
    rolls_back      = aws_ecs_service.this.deployment_circuit_breaker[0].rollback
    can_exec        = aws_ecs_service.this.enable_execute_command
  }
}

output "scaled_by" {
  description = "What the number of tasks follows, and the value that is aimed at, for the tests"
  value = { for policy in [
    for policy in aws_appautoscaling_policy.usage : policy.target_tracking_scaling_policy_configuration[0]
  ] : policy.predefined_metric_specification[0].predefined_metric_type => policy.target_value }
}
