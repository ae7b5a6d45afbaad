output "identifier" {
  description = "The database's name in RDS"
  value       = aws_db_instance.this.identifier
}

output "secret_arn" {
  description = "DATABASE_SECRET_ID of servers and functions: the application's role and its password"
  value       = aws_secretsmanager_secret.application.arn
}

output "owner_secret_arn" {
  description = "DATABASE_SECRET_ID of the migration: the tables' owner, whose password RDS rotates"
  value       = aws_db_instance.this.master_user_secret[0].secret_arn
}

output "owner_url" {
  description = "DATABASE_URL of the migration"
  value       = "postgresql://${var.username}@${aws_db_instance.this.address}:5432/${var.database_name}?sslmode=require"
}

# The secrets have no host, so the address is given apart; a secret's password wins over that of the address.
output "url" {
  description = "DATABASE_URL of the servers: the database itself"
  value       = "postgresql://${local.application_role}@${aws_db_instance.this.address}:5432/${var.database_name}?sslmode=require"
}

output "proxy_url" {
  description = "DATABASE_URL of the functions: the proxy"
  value       = "postgresql://${local.application_role}@${aws_db_proxy.this.endpoint}:5432/${var.database_name}?sslmode=require"
}

output "proxy_policy" {
  description = "What the proxy may do, as JSON, for the tests"
  value       = aws_iam_role_policy.proxy.policy
}

output "facts" {
  description = "For the tests"
  value = {
    publicly_accessible   = aws_db_instance.this.publicly_accessible
    encrypted             = aws_db_instance.this.storage_encrypted
    multi_az              = aws_db_instance.this.multi_az
    backup_retention_days = aws_db_instance.this.backup_retention_period
    password_is_managed   = aws_db_instance.this.manage_master_user_password
    insights              = aws_db_instance.this.performance_insights_enabled
    parameters            = { for parameter in aws_db_parameter_group.this.parameter : parameter.name => parameter.value }
  }
}

output "cache_endpoint" {
  description = "The cache's name and port, which takes TLS only; null: no cache"
  value       = one([for cache in aws_elasticache_serverless_cache.this : "${cache.endpoint[0].address}:${cache.endpoint[0].port}"])
}

output "cache_user" {
  description = "Who servers are to the cache, by their role; null: no cache"
  value       = one(aws_elasticache_user.application[*].user_name)
}

output "cache_arns" {
  description = "What servers connect to, and as whom; empty: no cache"
  value       = concat(aws_elasticache_serverless_cache.this[*].arn, aws_elasticache_user.application[*].arn)
}

output "cache" {
  description = "For the tests; null: no cache"
  value = one([for cache in aws_elasticache_serverless_cache.this : {
    engine             = cache.engine
    kms_key_id         = cache.kms_key_id
    subnet_ids         = cache.subnet_ids
    security_group_ids = cache.security_group_ids
    snapshot_days      = cache.snapshot_retention_limit
    most_gb            = cache.cache_usage_limits[0].data_storage[0].maximum
    most_ecpu_per_s    = cache.cache_usage_limits[0].ecpu_per_second[0].maximum
    authentication     = aws_elasticache_user.application[0].authentication_mode[0].type
  }])
}

output "logs_without_retention" {
  description = "Logs of the database and of the proxy that are kept forever, for the tests"
  value = setsubtract(
    concat(
      [for log in aws_db_instance.this.enabled_cloudwatch_logs_exports : "/aws/rds/instance/${aws_db_instance.this.identifier}/${log}"],
      ["/aws/rds/proxy/${aws_db_proxy.this.name}"],
    ),
    [for group in aws_cloudwatch_log_group.this : group.name if group.retention_in_days > 0],
  )
}
