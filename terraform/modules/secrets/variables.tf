variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"
}

variable "region" {
  type        = string
  description = "AWS region, for the key's policy"
}

variable "account_id" {
  type        = string
  description = "AWS account, for the key's policy"
}

variable "environment" {
  type        = string
  description = "The environment's name, on log lines"
}

variable "image_uri" {
  type        = string
  description = "The application's image, by digest"
}

variable "architecture" {
  type        = string
  description = "Architecture that the image was built for"
}

variable "log_retention_days" {
  type        = number
  description = "How long the rotation's log is kept, days"
}
