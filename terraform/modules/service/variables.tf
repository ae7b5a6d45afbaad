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

variable "vpc_id" {
  type        = string
  description = "The VPC"

  validation {
    condition     = startswith(var.vpc_id, "vpc-")
    error_message = "The id of a VPC begins with vpc-."
  }
}

variable "private_subnet_ids" {
  type        = list(string)
  description = "Subnets of the load balancer and of the servers"

  validation {
    condition     = length(var.private_subnet_ids) == 3 && alltrue([for id in var.private_subnet_ids : startswith(id, "subnet-")])
    error_message = "Three subnets, one in each zone."
  }
}

variable "balancer_security_group_id" {
  type        = string
  description = "Security group of the load balancer"

  validation {
    condition     = startswith(var.balancer_security_group_id, "sg-")
    error_message = "The id of a security group begins with sg-."
  }
}

variable "service_security_group_id" {
  type        = string
  description = "Security group of the servers"

  validation {
    condition     = startswith(var.service_security_group_id, "sg-")
    error_message = "The id of a security group begins with sg-."
  }
}

variable "certificate_arn" {
  type        = string
  description = "Certificate of the load balancer, for the name that CloudFront forwards"

  validation {
    condition     = startswith(var.certificate_arn, "arn:aws:acm:")
    error_message = "The ARN of a certificate."
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

variable "repository_arn" {
  type        = string
  description = "Where the image is"

  validation {
    condition     = startswith(var.repository_arn, "arn:aws:ecr:")
    error_message = "The ARN of a repository."
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

variable "container_port" {
  type        = number
  description = "Port that the servers listen on"

  validation {
    condition     = var.container_port > 1024 && var.container_port < 65536
    error_message = "Without capabilities nobody listens below 1024."
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

variable "owner_database_url" {
  type        = string
  description = "DATABASE_URL of the migration, which logs in as the owner of the tables"

  validation {
    condition     = can(regex("^postgresql://[a-z_]+@[^/]+/[a-z_]+\\?sslmode=require$", var.owner_database_url))
    error_message = "An address with TLS and without a password, which is in the secret."
  }
}

variable "owner_secret_arn" {
  type        = string
  description = "Secret of that owner"

  validation {
    condition     = startswith(var.owner_secret_arn, "arn:aws:secretsmanager:")
    error_message = "The ARN of a secret."
  }
}

variable "application_secret_arn" {
  type        = string
  description = "Secret where the migration keeps the login of the application's role"

  validation {
    condition     = startswith(var.application_secret_arn, "arn:aws:secretsmanager:")
    error_message = "The ARN of a secret."
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

variable "cache_arns" {
  type        = list(string)
  description = "The cache that servers may connect to, and the user that they are to it; empty: no cache"
  default     = []

  validation {
    condition     = contains([0, 2], length(var.cache_arns)) && alltrue([for arn in var.cache_arns : startswith(arn, "arn:aws:elasticache:")])
    error_message = "The ARN of a cache and that of a user, or none."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key of the secrets and of the log"

  validation {
    condition     = startswith(var.kms_key_arn, "arn:aws:kms:")
    error_message = "The ARN of a key."
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

variable "deletion_protection" {
  type        = bool
  description = "Whether destroying the load balancer is refused"
}

variable "log_retention_days" {
  type        = number
  description = "How long logs are kept, days"

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365], var.log_retention_days)
    error_message = "7, 14, 30, 60, 90, 180 or 365."
  }
}
