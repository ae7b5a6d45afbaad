variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"
}

variable "environment" {
  type        = string
  description = "The environment of GitHub whose jobs may deploy"
}

variable "region" {
  type        = string
  description = "AWS region"
}

variable "account_id" {
  type        = string
  description = "AWS account"
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
}

variable "task_role_arns" {
  type        = list(string)
  description = "Roles that tasks run as"
}

variable "web_bucket_arn" {
  type        = string
  description = "Bucket of the built-in page"
}

variable "distribution_arn" {
  type        = string
  description = "CloudFront distribution whose copies of the page are dropped after a deployment"
}

variable "kms_key_arn" {
  type        = string
  description = "Key that images are encrypted with"
}
