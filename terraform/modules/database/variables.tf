variable "name" {
  type        = string
  description = "Prefix of every name, such as ovation-prod"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,23}$", var.name))
    error_message = "Small letters, digits and hyphens, 24 at most: target groups add 8 to it, and have 32."
  }
}

variable "engine_version" {
  type        = string
  description = "Major version of PostgreSQL"

  validation {
    condition     = tonumber(var.engine_version) >= 18
    error_message = "Ovation takes PostgreSQL 18 or newer (docs/decisions/0001-postgresql-18.md)."
  }
}

variable "instance_class" {
  type        = string
  description = "Size of the database, such as db.r8g.large"

  validation {
    condition     = startswith(var.instance_class, "db.")
    error_message = "A class of RDS begins with db."
  }
}

variable "storage_gb" {
  type        = number
  description = "Storage to begin with, GB; it grows by itself to five times that"

  validation {
    condition     = var.storage_gb >= 20
    error_message = "RDS takes at least 20 GB."
  }
}

variable "multi_az" {
  type        = bool
  description = "Whether a copy in another zone takes over when the database fails"
}

variable "backup_retention_days" {
  type        = number
  description = "How far back the database can be restored to any second, days"

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35
    error_message = "RDS keeps backups for 1 to 35 days; 0 would switch recovery off."
  }
}

variable "deletion_protection" {
  type        = bool
  description = "Whether destroying the database is refused"
}

variable "connections" {
  type        = number
  description = "Connections that it takes: max_connections"

  validation {
    condition     = var.connections >= 50 && var.connections <= 5000
    error_message = "50 to 5,000; each takes memory."
  }
}

variable "proxy_connections_percent" {
  type        = number
  description = "Share of the database's connections that functions may take, percent"

  validation {
    condition     = var.proxy_connections_percent >= 10 && var.proxy_connections_percent <= 80
    error_message = "Functions take 10 to 80 percent, so that servers always find a connection."
  }
}

variable "database_name" {
  type        = string
  description = "Name of the database"

  validation {
    condition     = can(regex("^[a-z][a-z_]{0,62}$", var.database_name))
    error_message = "Small letters and underscores."
  }
}

variable "username" {
  type        = string
  description = "Who owns the tables, and migrates"

  validation {
    condition     = can(regex("^[a-z][a-z_]{0,62}$", var.username)) && var.username != "ovation_application"
    error_message = "Small letters and underscores, and not the role that servers log in as."
  }
}

variable "private_subnet_ids" {
  type        = list(string)
  description = "Subnets of the proxy"

  validation {
    condition     = length(var.private_subnet_ids) == 3 && alltrue([for id in var.private_subnet_ids : startswith(id, "subnet-")])
    error_message = "Three subnets, one in each zone."
  }
}

variable "database_subnet_ids" {
  type        = list(string)
  description = "Subnets of the database"

  validation {
    condition     = length(var.database_subnet_ids) == 3 && alltrue([for id in var.database_subnet_ids : startswith(id, "subnet-")])
    error_message = "Three subnets, one in each zone."
  }
}

variable "database_security_group_id" {
  type        = string
  description = "Who may reach the database"

  validation {
    condition     = startswith(var.database_security_group_id, "sg-")
    error_message = "The id of a security group begins with sg-."
  }
}

variable "proxy_security_group_id" {
  type        = string
  description = "Who may reach the proxy"

  validation {
    condition     = startswith(var.proxy_security_group_id, "sg-")
    error_message = "The id of a security group begins with sg-."
  }
}

variable "valkey" {
  type        = object({ storage_gb = number, ecpu_per_s = number, snapshot_days = number })
  description = "Bounds of a shared cache, and how long its snapshots are kept, days; null: no cache"
  default     = null

  validation {
    condition = var.valkey == null ? true : (
      var.valkey.storage_gb >= 1 && var.valkey.storage_gb <= 5000 &&
      var.valkey.ecpu_per_s >= 1000 && var.valkey.ecpu_per_s <= 15000000 &&
      var.valkey.snapshot_days >= 0 && var.valkey.snapshot_days <= 35
    )
    error_message = "A cache takes 1 to 5,000 GB, 1,000 to 15,000,000 ECPU a second, and snapshots of 0 to 35 days."
  }
}

variable "cache_security_group_id" {
  type        = string
  description = "Who may reach the cache; null: no cache"
  default     = null

  validation {
    condition     = (var.cache_security_group_id == null) == (var.valkey == null)
    error_message = "A cache has a group of its own, and without one there is none."
  }
}

variable "log_retention_days" {
  type        = number
  description = "How long the database's log is kept, days"

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365], var.log_retention_days)
    error_message = "7, 14, 30, 60, 90, 180 or 365."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "Key for storage, backups, password and log"

  validation {
    condition     = startswith(var.kms_key_arn, "arn:aws:kms:")
    error_message = "The ARN of a key."
  }
}
