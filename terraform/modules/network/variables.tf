variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,23}$", var.name))
    error_message = "Small letters, digits and hyphens, 24 at most: target groups add 8 to it, and have 32."
  }
}

variable "region" {
  type        = string
  description = "AWS region, for the names of endpoints"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region such as eu-central-1."
  }
}

variable "cidr" {
  type        = string
  description = "Addresses of the VPC: a /16, since tasks and functions take an address each"

  validation {
    condition     = can(cidrnetmask(var.cidr)) && endswith(var.cidr, "/16")
    error_message = "The VPC takes an IPv4 /16, such as 10.20.0.0/16."
  }
}

variable "availability_zones" {
  type        = list(string)
  description = "The three zones that everything is spread over"

  validation {
    condition     = length(distinct(var.availability_zones)) == 3
    error_message = "Name three different zones."
  }
}

variable "container_port" {
  type        = number
  description = "Port that the servers listen on"

  validation {
    condition     = var.container_port > 1024 && var.container_port < 65536
    error_message = "Without capabilities nobody listens below 1024."
  }
}

variable "has_cache" {
  type        = bool
  description = "Whether there is a cache, which the servers alone may reach"
  default     = false
}

variable "log_retention_days" {
  type        = number
  description = "How long refused connections are kept, days"

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365], var.log_retention_days)
    error_message = "7, 14, 30, 60, 90, 180 or 365."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key that logs are encrypted with"

  validation {
    condition     = startswith(var.kms_key_arn, "arn:aws:kms:")
    error_message = "The ARN of a key."
  }
}
