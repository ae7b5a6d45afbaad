variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"
}

variable "environment" {
  type        = string
  description = "The environment's name, as in the application's metrics"
}

variable "region" {
  type        = string
  description = "AWS region"
}

variable "balancer_arn_suffix" {
  type        = string
  description = "The load balancer, as metrics name it"
}

variable "target_group_arn_suffix" {
  type        = string
  description = "The servers, as metrics name them"
}

variable "cluster_name" {
  type        = string
  description = "The servers' cluster"
}

variable "service_name" {
  type        = string
  description = "The servers' service"
}

variable "database_identifier" {
  type        = string
  description = "The database's name in RDS"
}

variable "database_connections" {
  type        = number
  description = "Connections that the database takes"
}

variable "function_names" {
  type        = map(string)
  description = "Functions by operation"
}

variable "alarm_emails" {
  type        = list(string)
  description = "Who is told"
}

variable "monthly_budget_usd" {
  type        = number
  description = "What a month may cost, US dollars"

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "A positive amount."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key of the topic"
}

variable "operations" {
  type        = list(string)
  description = "Those of the functions that AWS calls"
}
