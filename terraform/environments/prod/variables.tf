variable "environment" {
  type        = string
  description = "The environment, which the account holds one of"

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
  description = "AWS account that this environment lives in; anything else is refused"

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account has twelve digits."
  }
}

variable "cidr" {
  type        = string
  description = "Addresses of the VPC"

  validation {
    condition     = can(cidrnetmask(var.cidr)) && endswith(var.cidr, "/16")
    error_message = "The VPC takes an IPv4 /16, such as 10.20.0.0/16."
  }
}

variable "availability_zones" {
  type        = list(string)
  description = "The three zones that everything is spread over"

  validation {
    condition     = length(distinct(var.availability_zones)) == 3 && alltrue([for zone in var.availability_zones : startswith(zone, var.region)])
    error_message = "Name three different zones of the region."
  }
}

variable "domain_name" {
  type        = string
  description = "The name that the audience types"

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "A name such as live.example.org."
  }
}

variable "zone_id" {
  type        = string
  description = "Route 53 zone of the name"

  validation {
    condition     = startswith(var.zone_id, "Z")
    error_message = "The id of a zone begins with Z."
  }
}

variable "price_class" {
  type        = string
  description = "Which of CloudFront's places serve"

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "CloudFront knows PriceClass_100, PriceClass_200 and PriceClass_All."
  }
}

variable "image_digest" {
  type        = string
  description = "Image of the first start; later ones are put to work by the pipeline"

  validation {
    condition     = can(regex("^sha256:[0-9a-f]{64}$", var.image_digest))
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

variable "github_repository" {
  type        = string
  description = "Repository whose pipeline may deploy, owner/name"

  validation {
    condition     = can(regex("^[\\w.-]+/[\\w.-]+$", var.github_repository))
    error_message = "Name one repository as owner/name, without a wildcard."
  }
}

variable "log_level" {
  type        = string
  description = "Least severe log line that is written"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "The application knows DEBUG, INFO, WARNING and ERROR."
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

variable "deletion_protection" {
  type        = bool
  description = "Whether destroying database and load balancer is refused"

  validation {
    condition     = var.deletion_protection || var.environment == "dev"
    error_message = "Only dev may be destroyed."
  }
}

variable "task_cpu" {
  type        = number
  description = "CPU of a task, 1,024 are one vCPU"

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.task_cpu)
    error_message = "Fargate knows 256, 512, 1024, 2048, 4096, 8192 and 16384."
  }
}

variable "task_memory_mb" {
  type        = number
  description = "Memory of a task, MB"

  validation {
    condition     = var.task_memory_mb >= 512 * var.task_workers
    error_message = "Each server process takes 512 MB."
  }
}

variable "task_workers" {
  type        = number
  description = "Server processes of a task, one for each vCPU"

  validation {
    condition     = var.task_workers >= 1 && var.task_workers <= max(1, var.task_cpu / 1024)
    error_message = "One process for each vCPU, no more."
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
  description = "Tasks at most; in a deployment half as many more run"

  validation {
    condition     = var.most_tasks >= var.least_tasks && ceil(var.most_tasks * 1.5) * var.task_workers * 2 * var.database_pool_size <= floor(var.database_connections * (95 - var.proxy_connections_percent) / 100)
    error_message = "Tasks, times 1.5 in a deployment, times processes, times two pools, stay within the connections that functions leave."
  }
}

variable "target_requests_per_minute" {
  type        = number
  description = "Requests a minute and task that autoscaling aims at; twice as many are a burst"

  validation {
    condition     = var.target_requests_per_minute > 0
    error_message = "Aim at a positive number."
  }
}

variable "function_memory_mb" {
  type        = number
  description = "Memory of a function, MB"

  validation {
    condition     = var.function_memory_mb >= 512 && var.function_memory_mb <= 10240
    error_message = "512 to 10,240 MB."
  }
}

variable "function_concurrency" {
  type        = number
  description = "Most runs of one function at the same time"

  validation {
    condition     = var.function_concurrency >= 1
    error_message = "With none it could never run."
  }
}

variable "events" {
  type        = map(object({ starts_at = string, ends_at = string, tasks = number, concurrency = number }))
  description = "Known events, in UTC as 2026-11-25T18:00:00Z, with the tasks and the runs of each function to have ready"
  default     = {}

  validation {
    condition     = alltrue([for event in values(var.events) : timecmp(event.starts_at, event.ends_at) < 0 && event.tasks <= var.most_tasks && event.concurrency <= var.function_concurrency])
    error_message = "An event ends after it starts, and needs no more tasks and runs than may be."
  }
}

variable "requests_per_address" {
  type        = number
  description = "Requests of one address in five minutes; a hall is one address"

  validation {
    condition     = var.requests_per_address >= 100000
    error_message = "A thousand people behind one address poll 150,000 times in five minutes."
  }
}

variable "joins_per_address" {
  type        = number
  description = "Joins of one address in five minutes"

  validation {
    condition     = var.joins_per_address >= 1000
    error_message = "A hall joins from one address."
  }
}

variable "cors_allowed_origins" {
  type        = list(string)
  description = "Origins whose pages may call the API, such as https://page.example.org"
  default     = []

  validation {
    condition     = alltrue([for origin in var.cors_allowed_origins : can(regex("^https://[a-z0-9.-]+(:[0-9]+)?$", origin))])
    error_message = "Each origin is https:// and a name, without a path; none is a wildcard."
  }
}

variable "alarm_emails" {
  type        = list(string)
  description = "Who is told when an alarm goes off"

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
