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
  description = "The environment of GitHub whose jobs may deploy"

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

variable "github_repository" {
  type        = string
  description = "Repository whose pipeline may deploy, owner/name"

  validation {
    condition     = can(regex("^[\\w.-]+/[\\w.-]+$", var.github_repository))
    error_message = "Name one repository as owner/name, without a wildcard."
  }
}

variable "task_families" {
  type        = list(string)
  description = "Task definitions that the pipeline makes new revisions of"

  validation {
    condition     = length(var.task_families) > 0 && alltrue([for family in var.task_families : startswith(family, var.name)])
    error_message = "Task definitions of this environment."
  }
}

variable "task_role_arns" {
  type        = list(string)
  description = "Roles that tasks run as"

  validation {
    condition     = length(var.task_role_arns) > 0 && alltrue([for arn in var.task_role_arns : startswith(arn, "arn:aws:iam:")])
    error_message = "ARNs of roles."
  }
}

variable "web_bucket_arn" {
  type        = string
  description = "Bucket of the built-in page"

  validation {
    condition     = startswith(var.web_bucket_arn, "arn:aws:s3:")
    error_message = "The ARN of a bucket."
  }
}

variable "distribution_arn" {
  type        = string
  description = "CloudFront distribution whose copies of the page are dropped after a deployment"

  validation {
    condition     = startswith(var.distribution_arn, "arn:aws:cloudfront:")
    error_message = "The ARN of a distribution."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key that images are encrypted with"

  validation {
    condition     = startswith(var.kms_key_arn, "arn:aws:kms:")
    error_message = "The ARN of a key."
  }
}
