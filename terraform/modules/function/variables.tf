variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,23}$", var.name))
    error_message = "Small letters, digits and hyphens, 24 at most: target groups add 8 to it, and have 32."
  }
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

  validation {
    condition     = length(var.description) > 0 && length(var.description) <= 256
    error_message = "AWS takes 1 to 256 characters."
  }
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

  validation {
    condition     = alltrue([for name in keys(var.environment) : !can(regex("PASSWORD|SIGNING_KEYS$|_TOKEN$", name))])
    error_message = "A secret is named by its ARN, and read when it is needed."
  }
}

variable "statements" {
  type        = list(object({ actions = list(string), resources = list(string) }))
  description = "What the function may do, beyond its own logs"
  default     = []

  validation {
    condition     = alltrue([for statement in var.statements : length(statement.actions) > 0 && length(statement.resources) > 0 && alltrue([for action in statement.actions : !strcontains(action, "*")])])
    error_message = "Each statement names its actions, without a wildcard, and what they are for."
  }
}

variable "subnet_ids" {
  type        = list(string)
  description = "Subnets of a function that uses the database; empty: outside of the VPC"
  default     = []

  validation {
    condition     = contains([0, 3], length(var.subnet_ids)) && alltrue([for id in var.subnet_ids : startswith(id, "subnet-")])
    error_message = "Three subnets, one in each zone, or none."
  }
}

variable "security_group_ids" {
  type        = list(string)
  description = "Security groups of a function that uses the database"
  default     = []

  validation {
    condition     = (length(var.security_group_ids) > 0) == (length(var.subnet_ids) > 0)
    error_message = "A function in the VPC has a security group, and one outside of it none."
  }
}

variable "log_retention_days" {
  type        = number
  description = "How long its log is kept, days"

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365], var.log_retention_days)
    error_message = "7, 14, 30, 60, 90, 180 or 365."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key for its log and its environment"

  validation {
    condition     = startswith(var.kms_key_arn, "arn:aws:kms:")
    error_message = "The ARN of a key."
  }
}
