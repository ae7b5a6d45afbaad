variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,23}$", var.name))
    error_message = "Small letters, digits and hyphens, 24 at most: target groups add 8 to it, and have 32."
  }
}

variable "environment" {
  type        = string
  description = "The environment's name, as in the application's metrics"

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "The application knows dev, staging and prod."
  }
}

variable "region" {
  type        = string
  description = "AWS region"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region such as eu-central-1."
  }
}

variable "balancer_arn_suffix" {
  type        = string
  description = "The load balancer, as metrics name it"

  validation {
    condition     = startswith(var.balancer_arn_suffix, "app/")
    error_message = "Metrics name a load balancer app/name/id."
  }
}

variable "target_group_arn_suffix" {
  type        = string
  description = "The servers, as metrics name them"

  validation {
    condition     = startswith(var.target_group_arn_suffix, "targetgroup/")
    error_message = "Metrics name a target group targetgroup/name/id."
  }
}

variable "cluster_name" {
  type        = string
  description = "The servers' cluster"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]+$", var.cluster_name))
    error_message = "A name, not an ARN: metrics go by it."
  }
}

variable "service_name" {
  type        = string
  description = "The servers' service"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]+$", var.service_name))
    error_message = "A name, not an ARN: metrics go by it."
  }
}

variable "database_identifier" {
  type        = string
  description = "The database's name in RDS"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]+$", var.database_identifier))
    error_message = "A name, not an ARN: metrics go by it."
  }
}

variable "database_connections" {
  type        = number
  description = "Connections that the database takes"

  validation {
    condition     = var.database_connections >= 50
    error_message = "50 at least."
  }
}

variable "function_names" {
  type        = map(string)
  description = "Functions by operation"

  validation {
    condition     = length(var.function_names) > 0 && alltrue([for operation, name in var.function_names : endswith(name, operation)])
    error_message = "Each function ends with its operation."
  }
}

variable "alarm_emails" {
  type        = list(string)
  description = "Who is told"

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "Addresses of mail."
  }
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

  validation {
    condition     = startswith(var.kms_key_arn, "arn:aws:kms:")
    error_message = "The ARN of a key."
  }
}

variable "operations" {
  type        = list(string)
  description = "Those of the functions that AWS calls"

  validation {
    condition     = length(setsubtract(var.operations, keys(var.function_names))) == 0
    error_message = "Each is one of the functions."
  }
}
