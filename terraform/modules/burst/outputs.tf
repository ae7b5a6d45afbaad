output "function_names" {
  description = "Functions by operation, those that AWS calls too"
  value = merge(
    { for operation, function in module.endpoint : operation => function.function_name },
    { shift_burst = module.shift.function_name, erase_expired = module.erase.function_name },
  )
}

output "policies" {
  description = "What each function may do, as JSON, for the tests"
  value = merge(
    { for operation, function in module.endpoint : operation => function.policy },
    { shift_burst = module.shift.policy, erase_expired = module.erase.policy },
  )
}

output "weights" {
  description = "The weights of each rule to begin with, for the tests"
  value = { for operation, rule in aws_lb_listener_rule.this : operation => [
    for group in rule.action[0].forward[0].target_group : group.weight
  ] }
}

output "path_patterns" {
  description = "What each rule takes, for the tests"
  value = { for operation, rule in aws_lb_listener_rule.this : operation => one(flatten([
    for condition in rule.condition : [for pattern in condition.path_pattern : pattern.values]
  ])) }
}

output "switch_parameter" {
  description = "SSM parameter of the kill switch"
  value       = aws_ssm_parameter.switch.name
}

output "warmings" {
  description = "When functions are started for a known event, for the tests"
  value       = { for name, action in aws_appautoscaling_scheduled_action.begins : name => action.schedule }
}

output "failing" {
  description = "Metrics that count as failing functions, for the tests"
  value       = toset([for alarm in values(local.failure_alarms) : "${alarm.namespace} ${alarm.metric}"])
}

output "failing_rule" {
  description = "When functions count as failing, for the tests"
  value       = aws_cloudwatch_composite_alarm.this["failing"].alarm_rule
}
