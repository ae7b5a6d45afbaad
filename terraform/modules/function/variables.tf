variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"
}

variable "function" {
  type        = string
  description = "The operation, such as cast_vote"

  validation {
    condition     = can(regex("^[a-z][a-z_]*$", var.function))
    error_message = "A function has the name of its module."
  }
}

variable "description" {
  type        = string
  description = "What the function is for"
}

variable "handler" {
  type        = string
  description = "Its entry, such as handlers.polls.cast_vote.handler"

  validation {
    condition     = can(regex("^handlers(\\.[a-z_]+){2}\\.handler$", var.handler))
    error_message = "The entry is the handler of a module of handlers/."
  }
}

variable "image_uri" {
  type        = string
  description = "The application's image, by digest"
}

variable "architecture" {
  type        = string
  description = "Architecture that the image was built for"
}

variable "memory_mb" {
  type        = number
  description = "Memory, MB; 1,769 are one vCPU"

  validation {
    condition     = var.memory_mb >= 256 && var.memory_mb <= 10240
    error_message = "A function takes 256 to 10,240 MB."
  }
}

variable "timeout_s" {
  type        = number
  description = "Longest run, seconds"

  validation {
    condition     = var.timeout_s >= 1 && var.timeout_s <= 900
    error_message = "A function runs for 1 to 900 seconds."
  }
}

variable "reserved_concurrency" {
  type        = number
  description = "Most runs at the same time, which are also kept free for it"

  validation {
    condition     = var.reserved_concurrency >= 1
    error_message = "With none it could never run."
  }
}

variable "environment" {
  type        = map(string)
  description = "Environment variables; no secret is among them"
}

variable "statements" {
  type        = list(object({ actions = list(string), resources = list(string) }))
  description = "What the function may do, beyond its own logs"
  default     = []
}

variable "subnet_ids" {
  type        = list(string)
  description = "Subnets of a function that uses the database; empty: outside of the VPC"
  default     = []
}

variable "security_group_ids" {
  type        = list(string)
  description = "Security groups of a function that uses the database"
  default     = []
}

variable "log_retention_days" {
  type        = number
  description = "How long its log is kept, days"
}

variable "kms_key_arn" {
  type        = string
  description = "Key for its log and its environment"
}
