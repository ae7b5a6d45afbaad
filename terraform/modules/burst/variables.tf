variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"

  validation {
    condition     = length(var.name) <= 24
    error_message = "Names of target groups have 32 characters; leave 8."
  }
}

variable "environment" {
  type        = string
  description = "The environment's name, on log lines and metrics"

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

variable "account_id" {
  type        = string
  description = "AWS account"

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account has twelve digits."
  }
}

variable "endpoints" {
  type        = list(object({ operation = string, handler = string, method = string, path = string }))
  description = "Burst endpoints, as scripts/export_endpoints writes them"

  validation {
    condition     = length(var.endpoints) > 0 && length(var.endpoints) <= 9
    error_message = "An alarm sums up nine functions at most."
  }
}

variable "image_uri" {
  type        = string
  description = "The application's image, by digest"

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image_uri))
    error_message = "An image is named by its digest, never by a tag."
  }
}

variable "architecture" {
  type        = string
  description = "Architecture that the image was built for"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "ECS and Lambda run x86_64 and arm64."
  }
}

variable "memory_mb" {
  type        = number
  description = "Memory of a function, MB; 1,769 are one vCPU"

  validation {
    condition     = var.memory_mb >= 512
    error_message = "Less than 512 MB makes cold starts slow."
  }
}

variable "reserved_concurrency" {
  type        = number
  description = "Most runs of one function at the same time"

  validation {
    condition     = var.reserved_concurrency >= 1
    error_message = "With none it could never run."
  }
}

variable "environment_variables" {
  type        = map(string)
  description = "Environment variables of the application; no secret is among them"

  validation {
    condition     = alltrue([for name in keys(var.environment_variables) : !can(regex("PASSWORD|SIGNING_KEYS$|_TOKEN$", name))])
    error_message = "A secret is named by its ARN, and read when it is needed."
  }
}

variable "proxy_url" {
  type        = string
  description = "DATABASE_URL by way of RDS Proxy"

  validation {
    condition     = can(regex("^postgresql://[a-z_]+@[^/]+/[a-z_]+\\?sslmode=require$", var.proxy_url))
    error_message = "An address with TLS and without a password, which is in the secret."
  }
}

variable "secret_arns" {
  type        = list(string)
  description = "Secrets that the application reads"

  validation {
    condition     = length(var.secret_arns) > 0 && alltrue([for arn in var.secret_arns : startswith(arn, "arn:aws:secretsmanager:")])
    error_message = "ARNs of secrets."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key of secrets, logs and topics"

  validation {
    condition     = startswith(var.kms_key_arn, "arn:aws:kms:")
    error_message = "The ARN of a key."
  }
}

variable "subnet_ids" {
  type        = list(string)
  description = "Subnets of the functions"

  validation {
    condition     = length(var.subnet_ids) == 3 && alltrue([for id in var.subnet_ids : startswith(id, "subnet-")])
    error_message = "Three subnets, one in each zone."
  }
}

variable "security_group_id" {
  type        = string
  description = "Security group of the functions"

  validation {
    condition     = startswith(var.security_group_id, "sg-")
    error_message = "The id of a security group begins with sg-."
  }
}

variable "listener_arn" {
  type        = string
  description = "Listener that the rules are added to"

  validation {
    condition     = startswith(var.listener_arn, "arn:aws:elasticloadbalancing:")
    error_message = "The ARN of a listener."
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

variable "server_target_group_arn" {
  type        = string
  description = "The servers"

  validation {
    condition     = startswith(var.server_target_group_arn, "arn:aws:elasticloadbalancing:")
    error_message = "The ARN of a target group."
  }
}

variable "server_target_group_arn_suffix" {
  type        = string
  description = "The servers, as metrics name them"

  validation {
    condition     = startswith(var.server_target_group_arn_suffix, "targetgroup/")
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

variable "hot_cpu_percent" {
  type        = number
  description = "CPU of the servers above which bursts move to the functions, percent"

  validation {
    condition     = var.hot_cpu_percent > 0 && var.hot_cpu_percent <= 100
    error_message = "A percentage."
  }
}

variable "calm_cpu_percent" {
  type        = number
  description = "CPU of the servers below which they come back, percent"

  validation {
    condition     = var.calm_cpu_percent * var.return_factor < var.hot_cpu_percent
    error_message = "A step back must not make the servers hot again: calm times the return factor stays below hot."
  }
}

variable "hot_requests_per_minute" {
  type        = number
  description = "Requests a minute and task above which bursts move to the functions"

  validation {
    condition     = var.hot_requests_per_minute > 0
    error_message = "A positive number."
  }
}

variable "least_server_weight" {
  type        = number
  description = "Least share that the servers keep, percent"

  validation {
    condition     = var.least_server_weight >= 1 && var.least_server_weight <= 100
    error_message = "From 1 to 100: their load must stay measured."
  }
}

variable "return_factor" {
  type        = number
  description = "The servers' share is multiplied by this at each step back"

  validation {
    condition     = var.return_factor > 1
    error_message = "More than 1, or they never come back."
  }
}

variable "failing_per_minute" {
  type        = number
  description = "Failures of all functions a minute from which they count as failing"

  validation {
    condition     = var.failing_per_minute >= 1
    error_message = "One at least."
  }
}

variable "events" {
  type        = map(object({ starts_at = string, ends_at = string, tasks = number, concurrency = number }))
  description = "Known events, in UTC as 2026-11-25T18:00:00Z, and how many runs of each function to have ready"

  validation {
    condition     = alltrue([for event in values(var.events) : event.concurrency <= var.reserved_concurrency])
    error_message = "No more can be ready than may run."
  }
}

variable "log_retention_days" {
  type        = number
  description = "How long logs are kept, days"

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365], var.log_retention_days)
    error_message = "7, 14, 30, 60, 90, 180 or 365."
  }
}
