variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,23}$", var.name))
    error_message = "Small letters, digits and hyphens, 24 at most: target groups add 8 to it, and have 32."
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

variable "cors_allowed_origins" {
  type        = list(string)
  description = "Origins whose pages may call the API, such as https://page.example.org"

  validation {
    condition     = alltrue([for origin in var.cors_allowed_origins : can(regex("^https://[a-z0-9.-]+(:[0-9]+)?$", origin))])
    error_message = "Each origin is https:// and a name, without a path; none is a wildcard."
  }
}

variable "balancer_arn" {
  type        = string
  description = "The load balancer"

  validation {
    condition     = startswith(var.balancer_arn, "arn:aws:elasticloadbalancing:")
    error_message = "The ARN of a load balancer."
  }
}

variable "balancer_dns_name" {
  type        = string
  description = "The load balancer's name inside the VPC"

  validation {
    condition     = can(regex("^[A-Za-z0-9.-]+$", var.balancer_dns_name))
    error_message = "A name without a scheme, a port or a path."
  }
}

variable "internet_gateway_id" {
  type        = string
  description = "Gateway that CloudFront asks for before it makes a VPC origin"

  validation {
    condition     = startswith(var.internet_gateway_id, "igw-")
    error_message = "The id of an internet gateway begins with igw-."
  }
}

variable "log_bucket_arn" {
  type        = string
  description = "Where access logs go"

  validation {
    condition     = startswith(var.log_bucket_arn, "arn:aws:s3:")
    error_message = "The ARN of a bucket."
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
  description = "Joins of one address in five minutes; a hall is one address"

  validation {
    condition     = var.joins_per_address >= 1000
    error_message = "A hall joins from one address."
  }
}

variable "log_retention_days" {
  type        = number
  description = "How long blocked requests are kept, days"

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365], var.log_retention_days)
    error_message = "7, 14, 30, 60, 90, 180 or 365."
  }
}
