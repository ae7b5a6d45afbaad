# How large a task is, and how many there are.

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

variable "events" {
  type        = map(object({ starts_at = string, ends_at = string, tasks = number, concurrency = number }))
  description = "Known events, in UTC as 2026-11-25T18:00:00Z, and how many tasks to have ready"

  validation {
    condition     = alltrue([for event in values(var.events) : event.tasks <= var.most_tasks])
    error_message = "An event needs no more tasks than may be."
  }
}
