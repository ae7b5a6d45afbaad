locals {
  widgets = [
    { title = "Requests a minute", stat = "Sum", metrics = [
      ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", var.balancer_arn_suffix],
      ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", var.balancer_arn_suffix, "TargetGroup", var.target_group_arn_suffix],
    ] },
    { title = "Latency of the servers, s", stat = "p99", metrics = [
      ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.balancer_arn_suffix, "TargetGroup", var.target_group_arn_suffix],
    ] },
    { title = "Errors a minute", stat = "Sum", metrics = [
      ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", var.balancer_arn_suffix],
      ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", var.balancer_arn_suffix],
    ] },
    { title = "Votes and answers a minute", stat = "Sum", metrics = [
      ["Ovation", "Votes", "environment", var.environment, "operation", "cast_vote"],
      ["Ovation", "Answers", "environment", var.environment, "operation", "submit_answer"],
    ] },
    { title = "Feed lag, ms", stat = "Maximum", metrics = [
      ["Ovation", "FeedLag", "environment", var.environment, "operation", "get_changes"],
    ] },
    { title = "Share of the functions, percent", stat = "Maximum", metrics = [
      ["Ovation", "FunctionsWeight", "environment", var.environment, "operation", "shift_burst"],
    ] },
    { title = "CPU and memory of the servers, percent", stat = "Average", metrics = [
      ["AWS/ECS", "CPUUtilization", "ClusterName", var.cluster_name, "ServiceName", var.service_name],
      ["AWS/ECS", "MemoryUtilization", "ClusterName", var.cluster_name, "ServiceName", var.service_name],
    ] },
    { title = "Functions at work", stat = "Maximum", metrics = [
      for name in values(var.function_names) : ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", name]
    ] },
    { title = "Database: CPU in percent", stat = "Average", metrics = [
      ["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", var.database_identifier],
    ] },
    { title = "Database: connections", stat = "Maximum", metrics = [
      ["AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", var.database_identifier],
    ] },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [for index, widget in local.widgets : {
      type   = "metric"
      x      = index % 2 * 12
      y      = floor(index / 2) * 6
      width  = 12
      height = 6
      properties = {
        title   = widget.title
        region  = var.region
        stat    = widget.stat
        period  = 60
        metrics = widget.metrics
      }
    }]
  })
}
