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
  description = "AWS region, for the key's policy"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region such as eu-central-1."
  }
}

variable "account_id" {
  type        = string
  description = "AWS account, for the key's policy"

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account has twelve digits."
  }
}

variable "environment" {
  type        = string
  description = "The environment's name, on log lines"

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "The application knows dev, staging and prod."
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

variable "log_retention_days" {
  type        = number
  description = "How long the rotation's log is kept, days"

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365], var.log_retention_days)
    error_message = "7, 14, 30, 60, 90, 180 or 365."
  }
}
