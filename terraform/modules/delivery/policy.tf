locals {
  ecs      = "arn:aws:ecs:${var.region}:${var.account_id}"
  function = "arn:aws:lambda:${var.region}:${var.account_id}:function:${var.name}-*"
  families = [for family in var.task_families : "${local.ecs}:task-definition/${family}:*"]

  statements = [
    # These three know no resource.
    {
      actions   = ["ecr:GetAuthorizationToken", "ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition"]
      resources = ["*"]
    },
    {
      actions = [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImages",
        "ecr:DescribeImageScanFindings",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ]
      resources = [aws_ecr_repository.this.arn]
    },
    {
      actions   = ["ecs:RegisterTaskDefinition", "ecs:RunTask"]
      resources = local.families
    },
    {
      actions   = ["ecs:DescribeServices", "ecs:UpdateService"]
      resources = ["${local.ecs}:service/${var.name}/${var.name}"]
    },
    {
      actions   = ["ecs:DescribeTasks"]
      resources = ["${local.ecs}:task/${var.name}/*"]
    },
    {
      actions   = ["iam:PassRole"]
      resources = var.task_role_arns
    },
    {
      actions = [
        "lambda:GetAlias",
        "lambda:GetFunction",
        "lambda:GetFunctionConfiguration",
        "lambda:GetProvisionedConcurrencyConfig",
        "lambda:PublishVersion",
        "lambda:UpdateAlias",
        "lambda:UpdateFunctionCode",
      ]
      resources = [local.function, "${local.function}:*"]
    },
    {
      actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      resources = ["${var.web_bucket_arn}/*"]
    },
    {
      actions   = ["s3:ListBucket"]
      resources = [var.web_bucket_arn]
    },
    {
      actions   = ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]
      resources = [var.distribution_arn]
    },
    {
      actions   = ["cloudwatch:DescribeAlarms"]
      resources = ["arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:${var.name}-*"]
    },
    {
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [var.kms_key_arn]
    },
  ]
}

resource "aws_iam_role_policy" "deploy" {
  # checkov:skip=CKV_AWS_290: Reading and deregistering task definitions, and a login to ECR, know no resource.
  # checkov:skip=CKV_AWS_355: Likewise; terraform test holds that no other action is on every resource.
  name = "deploy"
  role = aws_iam_role.deploy.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for statement in local.statements : {
      Effect   = "Allow"
      Action   = statement.actions
      Resource = statement.resources
    }]
  })
}
