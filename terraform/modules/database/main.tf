# PostgreSQL in two zones (three with a proxy). Its owner's password is made, kept and rotated by RDS, and known to the
# migration alone. Servers and functions log in as a role without rights on the tables themselves, which the migration
# makes, and whose login it puts into a secret: no value is in Terraform's state. Servers connect directly and keep
# prepared statements; functions, which come and go by the hundred, through RDS Proxy.

locals {
  application_role = "ovation_application"

  exported_logs = ["postgresql", "upgrade"]
  # RDS writes into these, and makes what it does not find: a group that keeps everything forever.
  log_groups = concat(
    [for log in local.exported_logs : "/aws/rds/instance/${var.name}/${log}"],
    ["/aws/rds/proxy/${var.name}"],
  )
}

resource "aws_secretsmanager_secret" "application" {
  # checkov:skip=CKV2_AWS_57: Each deployment's migration gives the role a new password.
  name                    = "${var.name}/database-application"
  description             = "The application's login to the database, {username, password}; migrations write it"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = 7
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.database_subnet_ids
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-"
  family      = "postgres${var.engine_version}"
  description = "Ovation's PostgreSQL"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  # A client that died in a transaction must not hold an event's lock; the application's own are shorter.
  parameter {
    name  = "idle_in_transaction_session_timeout"
    value = "30000"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }

  parameter {
    name  = "log_lock_waits"
    value = "1"
  }

  # What somebody wrote is a statement's parameter: none of it reaches the log.
  parameter {
    name  = "log_parameter_max_length"
    value = "0"
  }

  parameter {
    name  = "log_parameter_max_length_on_error"
    value = "0"
  }

  # Fixed, so that what servers and functions may take adds up; see most_tasks.
  parameter {
    name         = "max_connections"
    value        = tostring(var.connections)
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "shared_preload_libraries"
    value        = "pg_stat_statements"
    apply_method = "pending-reboot"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338: Kept as long as the environment says; no row's content is in it.
  for_each = toset(local.log_groups)

  name              = each.key
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_db_instance" "this" {
  # checkov:skip=CKV_AWS_157: Two zones wherever the environment says so; dev lives in one.
  # checkov:skip=CKV_AWS_161: Tokens of IAM are limited to 200 connections a second; the password rotates instead.
  # checkov:skip=CKV_AWS_293: Protected wherever the environment says so; dev is made to be destroyed.
  identifier     = var.name
  engine         = "postgres"
  engine_version = var.engine_version
  instance_class = var.instance_class

  allocated_storage     = var.storage_gb
  max_allocated_storage = var.storage_gb * 5
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  db_name                       = var.database_name
  username                      = var.username
  manage_master_user_password   = true
  master_user_secret_kms_key_id = var.kms_key_arn

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [var.database_security_group_id]
  parameter_group_name   = aws_db_parameter_group.this.name
  publicly_accessible    = false
  multi_az               = var.multi_az

  # Point-in-time recovery goes as far back as backups are kept.
  backup_retention_period   = var.backup_retention_days
  backup_window             = "02:00-03:00"
  maintenance_window        = "sun:03:30-sun:04:30"
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "${var.name}-final"

  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.kms_key_arn
  performance_insights_retention_period = 7
  monitoring_interval                   = 15
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  enabled_cloudwatch_logs_exports       = local.exported_logs

  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = false
  apply_immediately           = false

  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_iam_role" "monitoring" {
  name = "${var.name}-database-monitoring"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
