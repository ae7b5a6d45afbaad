# The key that everything is encrypted with, and the keys that sign participants' tokens. No secret's value is in
# Terraform's state: the first signing key is made by the first rotation, the database's password by RDS.

locals {
  root = "arn:aws:iam::${var.account_id}:root"
}

resource "aws_kms_key" "this" {
  description             = "${var.name}: secrets, database, logs, images"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # Roles may use the key where their own policy says so; without this, nobody could ever change it.
        Sid       = "Account"
        Effect    = "Allow"
        Action    = "kms:*"
        Resource  = "*"
        Principal = { AWS = local.root }
      },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Principal = { Service = "logs.${var.region}.amazonaws.com" }
        Condition = {
          ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${var.region}:${var.account_id}:log-group:*" }
        }
      },
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Principal = { Service = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"] }
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      },
    ]
  })
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

resource "aws_secretsmanager_secret" "signing_keys" {
  name                    = "${var.name}/signing-keys"
  description             = "The keys that sign participants' tokens: {\"current\": id, \"keys\": {id: base64}}"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = 7
}

# Four steps, no request refused: see the handler. The first rotation, at once, makes the first key.
resource "aws_secretsmanager_secret_rotation" "signing_keys" {
  secret_id           = aws_secretsmanager_secret.signing_keys.id
  rotation_lambda_arn = module.rotate.function_arn
  rotate_immediately  = true

  rotation_rules {
    automatically_after_days = 30
  }

  depends_on = [aws_lambda_permission.rotate]
}

module "rotate" {
  source = "../function"

  name                 = var.name
  function             = "rotate_signing_keys"
  description          = "Rotates the keys that sign participants' tokens"
  handler              = "handlers.operations.rotate_signing_keys.handler"
  image_uri            = var.image_uri
  architecture         = var.architecture
  memory_mb            = 512
  timeout_s            = 60
  reserved_concurrency = 1
  environment          = { ENVIRONMENT = var.environment }
  log_retention_days   = var.log_retention_days
  kms_key_arn          = aws_kms_key.this.arn

  statements = [
    {
      actions = [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ]
      resources = [aws_secretsmanager_secret.signing_keys.arn]
    },
    {
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [aws_kms_key.this.arn]
    },
  ]
}

# Secrets Manager calls the function itself, without an alias; the pipeline keeps its code as new as the alias.
resource "aws_lambda_permission" "rotate" {
  statement_id   = "rotation"
  action         = "lambda:InvokeFunction"
  function_name  = module.rotate.function_name
  principal      = "secretsmanager.amazonaws.com"
  source_account = var.account_id
  source_arn     = aws_secretsmanager_secret.signing_keys.arn
}
