# One Lambda function of the application's image: which module of `handlers` it runs is its command.

locals {
  function_name = "${var.name}-${var.function}"
  in_vpc        = length(var.subnet_ids) > 0
  # No action on a network interface of Lambda's can be limited to one: it does not exist when the role is made.
  interface_statements = local.in_vpc ? [{
    Effect = "Allow"
    Action = [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ]
    Resource = ["*"]
  }] : []
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338: Logs hold who called and when; they are kept as long as the environment says.
  name              = "/aws/lambda/${local.function_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_iam_role" "this" {
  name = "${local.function_name}-function"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  # checkov:skip=CKV_AWS_290: The interfaces of a function in a VPC do not exist yet when the role is made.
  # checkov:skip=CKV_AWS_355: Likewise; terraform test holds that no other action is on every resource.
  name = "run"
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.this.arn}:log-stream:*"]
      }],
      local.interface_statements,
      [for statement in var.statements : {
        Effect   = "Allow"
        Action   = statement.actions
        Resource = statement.resources
      }],
    )
  })
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50: X-Ray's SDK is in maintenance; every log line has the request's id.
  # checkov:skip=CKV_AWS_116: The load balancer calls and waits; what is called otherwise runs again by its schedule.
  # checkov:skip=CKV_AWS_117: Only functions that use the database belong in the VPC.
  # checkov:skip=CKV_AWS_272: Code signing is for zip archives; the image is pinned by digest.
  function_name                  = local.function_name
  description                    = var.description
  role                           = aws_iam_role.this.arn
  package_type                   = "Image"
  image_uri                      = var.image_uri
  architectures                  = [var.architecture]
  memory_size                    = var.memory_mb
  timeout                        = var.timeout_s
  reserved_concurrent_executions = var.reserved_concurrency
  kms_key_arn                    = var.kms_key_arn
  publish                        = true

  image_config {
    entry_point = ["python", "-m", "awslambdaric"]
    command     = [var.handler]
  }

  environment {
    variables = var.environment
  }

  logging_config {
    log_format = "Text" # the application writes JSON itself, and EMF lines must stay as they are
    log_group  = aws_cloudwatch_log_group.this.name
  }

  dynamic "vpc_config" {
    for_each = local.in_vpc ? [true] : []

    content {
      subnet_ids         = var.subnet_ids
      security_group_ids = var.security_group_ids
    }
  }

  lifecycle {
    # The pipeline puts new images here.
    ignore_changes = [image_uri]
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that is called"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version

  lifecycle {
    # The pipeline moves it to the version that it has published.
    ignore_changes = [function_version]
  }
}
