variable "database_class" {
  type        = string
  description = "Size of the database, such as db.r8g.large"

  validation {
    condition     = startswith(var.database_class, "db.")
    error_message = "A class of RDS begins with db."
  }
}

variable "database_storage_gb" {
  type        = number
  description = "Storage to begin with, GB"

  validation {
    condition     = var.database_storage_gb >= 20
    error_message = "RDS takes at least 20 GB."
  }
}

variable "database_multi_az" {
  type        = bool
  description = "Whether a copy in another zone takes over when the database fails"

  validation {
    condition     = var.database_multi_az || var.environment == "dev"
    error_message = "Only dev may live in one zone."
  }
}

variable "database_connections" {
  type        = number
  description = "Connections that the database takes: max_connections"

  validation {
    condition     = var.database_connections >= 50 && var.database_connections <= 5000
    error_message = "50 to 5,000."
  }
}

variable "proxy_connections_percent" {
  type        = number
  description = "Share of them that functions may take, percent"

  validation {
    condition     = var.proxy_connections_percent >= 10 && var.proxy_connections_percent <= 80
    error_message = "Functions take 10 to 80 percent, so that servers always find a connection."
  }
}

variable "database_pool_size" {
  type        = number
  description = "Connections of each of the two pools of a process"

  validation {
    condition     = var.database_pool_size >= 1
    error_message = "A pool has a connection."
  }
}

variable "backup_retention_days" {
  type        = number
  description = "How far back the database can be restored to any second, days"

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35
    error_message = "1 to 35; 0 would switch recovery off."
  }
}

variable "valkey" {
  type        = object({ storage_gb = number, ecpu_per_s = number, snapshot_days = number })
  description = "Bounds of a shared cache for what you add, and how long its snapshots are kept, days; null: none, as the application uses none"
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
