# A function for each endpoint that a whole audience calls at once, of the list that scripts/export_endpoints makes
# from the code. Each has a listener rule that forwards by weight to the servers and to the function: 100 to 0 until
# shift_burst moves it.

locals {
  endpoints = { for endpoint in var.endpoints : endpoint.operation => endpoint }

  # A rule takes precedence by its place in the list.
  priorities = { for index, endpoint in var.endpoints : endpoint.operation => 100 + index }

  reads_secrets = [
    { actions = ["secretsmanager:GetSecretValue"], resources = var.secret_arns },
    { actions = ["kms:Decrypt"], resources = [var.kms_key_arn] },
  ]

  environment = merge(var.environment_variables, {
    DATABASE_PROXY = "true"
    DATABASE_URL   = var.proxy_url
  })
}

module "endpoint" {
  source   = "../function"
  for_each = local.endpoints

  name                 = var.name
  function             = each.key
  description          = "${each.value.method} ${each.value.path}, in a burst"
  handler              = each.value.handler
  image_uri            = var.image_uri
  architecture         = var.architecture
  memory_mb            = var.memory_mb
  timeout_s            = 10
  reserved_concurrency = var.reserved_concurrency
  environment          = local.environment
  statements           = local.reads_secrets
  subnet_ids           = var.subnet_ids
  security_group_ids   = [var.security_group_id]
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
}

resource "aws_lb_target_group" "function" {
  for_each = local.endpoints

  # The name has 32 characters at most, and no underscore.
  name        = "${var.name}-${substr(md5(each.key), 0, 7)}"
  target_type = "lambda"
  # Otherwise a query key that comes twice loses a value.
  lambda_multi_value_headers_enabled = true

  tags = { Function = each.key }
}

resource "aws_lambda_permission" "balancer" {
  for_each = local.endpoints

  statement_id  = "balancer"
  action        = "lambda:InvokeFunction"
  function_name = module.endpoint[each.key].function_name
  qualifier     = module.endpoint[each.key].alias_name
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = aws_lb_target_group.function[each.key].arn
}

resource "aws_lb_target_group_attachment" "function" {
  for_each = local.endpoints

  target_group_arn = aws_lb_target_group.function[each.key].arn
  target_id        = module.endpoint[each.key].alias_arn

  depends_on = [aws_lambda_permission.balancer]
}

resource "aws_lb_listener_rule" "this" {
  for_each = local.endpoints

  listener_arn = var.listener_arn
  priority     = local.priorities[each.key]

  condition {
    path_pattern {
      values = [replace(each.value.path, "/\\{[a-z_]+\\}/", "*")]
    }
  }

  condition {
    http_request_method {
      values = [each.value.method]
    }
  }

  action {
    type = "forward"

    forward {
      target_group {
        arn    = var.server_target_group_arn
        weight = 100
      }

      target_group {
        arn    = aws_lb_target_group.function[each.key].arn
        weight = 0
      }
    }
  }

  lifecycle {
    # These are the weights to begin with; shift_burst moves them.
    ignore_changes = [action]
  }
}
