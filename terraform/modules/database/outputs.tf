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
  }
}
