# A shared cache for what an organization adds. Nothing in the application uses one, so it is off: with `valkey` it is
# made, and the servers may connect to it, as this user, by their role. It grows and sleeps by itself, within bounds.

resource "aws_elasticache_serverless_cache" "this" {
  count = var.valkey == null ? 0 : 1

  name                 = var.name
  description          = "A shared cache"
  engine               = "valkey"
  major_engine_version = "8"
  kms_key_id           = var.kms_key_arn
  subnet_ids           = var.private_subnet_ids
  security_group_ids   = [var.cache_security_group_id]
  user_group_id        = aws_elasticache_user_group.this[0].user_group_id

  snapshot_retention_limit = var.valkey.snapshot_days
  daily_snapshot_time      = "02:00"

  cache_usage_limits {
    data_storage {
      maximum = var.valkey.storage_gb
      unit    = "GB"
    }

    ecpu_per_second {
      maximum = var.valkey.ecpu_per_s
    }
  }
}

# Valkey asks for no user `default`, and without one nobody gets in unnamed. AWS wants both names alike for IAM.
resource "aws_elasticache_user" "application" {
  count = var.valkey == null ? 0 : 1

  user_id       = "${var.name}-application"
  user_name     = "${var.name}-application"
  engine        = "valkey"
  access_string = "on ~* &* +@all -@admin -@dangerous"

  authentication_mode {
    type = "iam"
  }
}

resource "aws_elasticache_user_group" "this" {
  count = var.valkey == null ? 0 : 1

  user_group_id = var.name
  engine        = "valkey"
  user_ids      = [aws_elasticache_user.application[0].user_id]
}
