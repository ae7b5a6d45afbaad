variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"
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
}

variable "price_class" {
  type        = string
  description = "Which of CloudFront's places serve"

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "CloudFront knows PriceClass_100, PriceClass_200 and PriceClass_All."
  }
}

variable "balancer_arn" {
  type        = string
  description = "The load balancer"
}

variable "balancer_dns_name" {
  type        = string
  description = "The load balancer's name inside the VPC"
}

variable "internet_gateway_id" {
  type        = string
  description = "Gateway that CloudFront asks for before it makes a VPC origin"
}

variable "log_bucket_arn" {
  type        = string
  description = "Where access logs go"
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
}
