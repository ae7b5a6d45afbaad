variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"
}

variable "region" {
  type        = string
  description = "AWS region, for the names of endpoints"
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
}

variable "has_cache" {
  type        = bool
  description = "Whether there is a cache, which the servers alone may reach"
  default     = false
}

variable "log_retention_days" {
  type        = number
  description = "How long refused connections are kept, days"
}

variable "kms_key_arn" {
  type        = string
  description = "Key that logs are encrypted with"
}
