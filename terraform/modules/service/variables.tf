variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"

  validation {
    condition     = length(var.name) <= 24
    error_message = "Names of target groups have 32 characters; leave 8."
  }
}

variable "region" {
  type        = string
  description = "AWS region"
}

variable "account_id" {
  type        = string
  description = "AWS account"
}

variable "vpc_id" {
  type        = string
  description = "The VPC"
}

variable "private_subnet_ids" {
  type        = list(string)
  description = "Subnets of the load balancer and of the servers"
}

variable "balancer_security_group_id" {
  type        = string
  description = "Security group of the load balancer"
}

variable "service_security_group_id" {
  type        = string
  description = "Security group of the servers"
}

variable "certificate_arn" {
  type        = string
  description = "Certificate of the load balancer, for the name that CloudFront forwards"
}

variable "image_uri" {
  type        = string
  description = "The application's image, by digest"
}

variable "repository_arn" {
  type        = string
  description = "Where the image is"
}

variable "architecture" {
  type        = string
  description = "Architecture that the image was built for"
}

variable "container_port" {
  type        = number
  description = "Port that the servers listen on"
}

variable "environment_variables" {
  type        = map(string)
  description = "Environment variables of the application; no secret is among them"
}

variable "owner_database_url" {
  type        = string
  description = "DATABASE_URL of the migration, which logs in as the owner of the tables"
}

variable "owner_secret_arn" {
  type        = string
  description = "Secret of that owner"
}

variable "application_secret_arn" {
  type        = string
  description = "Secret where the migration keeps the login of the application's role"
}

variable "secret_arns" {
  type        = list(string)
  description = "Secrets that the application reads"
}

variable "cache_arns" {
  type        = list(string)
  description = "The cache that servers may connect to, and the user that they are to it; empty: no cache"
  default     = []
}

variable "kms_key_arn" {
  type        = string
  description = "Key of the secrets and of the log"
}

variable "cpu" {
  type        = number
  description = "CPU of a task, 1,024 are one vCPU"

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.cpu)
    error_message = "Fargate knows 256, 512, 1024, 2048, 4096, 8192 and 16384."
  }
}

variable "memory_mb" {
  type        = number
  description = "Memory of a task, MB"

  validation {
    condition     = var.memory_mb >= 512 * var.workers
    error_message = "Each server process takes 512 MB."
  }
}

variable "workers" {
  type        = number
  description = "Server processes of a task: WEB_CONCURRENCY"

  validation {
    condition     = var.workers >= 1 && var.workers <= max(1, var.cpu / 1024)
    error_message = "One process for each vCPU, no more."
  }
}

variable "database_pool_size" {
  type        = number
  description = "Connections of each of the two pools of a process: DATABASE_POOL_SIZE"

  validation {
    condition     = var.database_pool_size >= 1
    error_message = "A pool has a connection."
  }
}

variable "least_tasks" {
  type        = number
  description = "Tasks when nothing is going on"

  validation {
    condition     = var.least_tasks >= 1
    error_message = "One task at least."
  }
}

variable "most_tasks" {
  type        = number
  description = "Tasks at most"

  validation {
    condition     = var.most_tasks >= var.least_tasks
    error_message = "As many as at least, or more."
  }
}

variable "target_cpu_percent" {
  type        = number
  description = "CPU that autoscaling aims at, percent"

  validation {
    condition     = var.target_cpu_percent >= 20 && var.target_cpu_percent <= 80
    error_message = "Aim at 20 to 80 percent."
  }
}

variable "target_requests_per_minute" {
  type        = number
  description = "Requests a minute and task that autoscaling aims at"

  validation {
    condition     = var.target_requests_per_minute > 0
    error_message = "Aim at a positive number."
  }
}

variable "balancer_idle_timeout_s" {
  type        = number
  description = "How long the load balancer keeps an idle connection, seconds"

  validation {
    condition     = var.balancer_idle_timeout_s < 75
    error_message = "The servers keep idle connections for 75 s; the load balancer has to let go first."
  }
}

variable "shutdown_grace_s" {
  type        = number
  description = "Time for requests under way when a server is told to stop, seconds"

  validation {
    condition     = var.shutdown_grace_s >= 5 && var.shutdown_grace_s <= 110
    error_message = "Fargate waits 120 s at most, 10 of which are for the process to end."
  }
}

variable "events" {
  type        = map(object({ starts_at = string, ends_at = string, tasks = number, concurrency = number }))
  description = "Known events, in UTC as 2026-11-25T18:00:00Z, and how many tasks to have ready"
}

variable "deletion_protection" {
  type        = bool
  description = "Whether destroying the load balancer is refused"
}

variable "log_retention_days" {
  type        = number
  description = "How long logs are kept, days"
}
