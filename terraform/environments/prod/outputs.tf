output "url" {
  description = "Where the audience goes"
  value       = "https://${var.domain_name}"
}

output "deploy_role_arn" {
  description = "AWS_DEPLOY_ROLE of this environment of GitHub"
  value       = module.delivery.deploy_role_arn
}

output "repository_url" {
  description = "Where images are pushed to"
  value       = module.delivery.repository_url
}

output "web_bucket" {
  description = "Where the pipeline puts the page"
  value       = module.edge.web_bucket
}

output "distribution_id" {
  description = "Whose copies of the page the pipeline drops"
  value       = module.edge.distribution_id
}

output "private_subnet_ids" {
  description = "Where the migration runs"
  value       = module.network.private_subnet_ids
}

output "service_security_group_id" {
  description = "What the migration runs as, to the network"
  value       = module.network.security_group_ids["service"]
}

output "cache" {
  description = "The shared cache's endpoint, and the user that servers are to it; null: there is none"
  value       = var.valkey == null ? null : { endpoint = module.database.cache_endpoint, user = module.database.cache_user }
}

output "function_names" {
  description = "Functions by operation"
  value       = local.function_names
}

output "switch_parameter" {
  description = "Kill switch of shift_burst"
  value       = module.burst.switch_parameter
}

output "alarm_topic_arn" {
  description = "Where alarms go"
  value       = module.observability.alarm_topic_arn
}

output "dashboard" {
  description = "The dashboard's name"
  value       = module.observability.dashboard_name
}
