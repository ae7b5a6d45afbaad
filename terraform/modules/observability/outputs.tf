output "alarm_topic_arn" {
  description = "Where alarms go"
  value       = aws_sns_topic.alarms.arn
}

output "dashboard_name" {
  description = "The dashboard"
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
