# shift_burst: called when an alarm changes, and every minute; the two may come together, so one at a time.

resource "aws_sns_topic" "shift" {
  name              = "${var.name}-burst"
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_subscription" "shift" {
  topic_arn = aws_sns_topic.shift.arn
  protocol  = "lambda"
  endpoint  = module.shift.alias_arn
}

resource "aws_ssm_parameter" "switch" {
  # checkov:skip=CKV2_AWS_34: It is a word that a person sets, and no secret.
  # checkov:skip=CKV_AWS_337: It is a word that a person sets, and no secret.
  name            = "/${var.name}/burst/switch"
  description     = "Kill switch of shift_burst: automatic, hold, or servers"
  type            = "String"
  value           = "automatic"
  allowed_pattern = "^(automatic|hold|servers)$"

  lifecycle {
    # A person sets it.
    ignore_changes = [value]
  }
}

locals {
  state_parameter = "/${var.name}/burst/state"
  parameters      = "arn:aws:ssm:${var.region}:${var.account_id}:parameter"
}

module "shift" {
  source = "../function"

  name                 = var.name
  function             = "shift_burst"
  description          = "Moves bursts to the functions, and back"
  handler              = "handlers.operations.shift_burst.handler"
  image_uri            = var.image_uri
  architecture         = var.architecture
  memory_mb            = 512
  timeout_s            = 30
  reserved_concurrency = 1
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn

  environment = {
    ENVIRONMENT                   = var.environment
    METRICS_ENABLED               = "true"
    BURST_RULE_ARNS               = join(",", [for rule in aws_lb_listener_rule.this : rule.arn])
    BURST_SERVER_TARGET_GROUP_ARN = var.server_target_group_arn
    BURST_HOT_ALARM               = aws_cloudwatch_composite_alarm.this["hot"].alarm_name
    BURST_CALM_ALARM              = aws_cloudwatch_composite_alarm.this["calm"].alarm_name
    BURST_FAILING_ALARM           = aws_cloudwatch_composite_alarm.this["failing"].alarm_name
    BURST_SWITCH_PARAMETER        = aws_ssm_parameter.switch.name
    BURST_STATE_PARAMETER         = local.state_parameter
    BURST_LEAST_SERVER_WEIGHT     = tostring(var.least_server_weight)
    BURST_RETURN_FACTOR           = tostring(var.return_factor)
  }

  statements = [
    # Composite alarms, and rules, are shown only to who may see all.
    {
      actions   = ["cloudwatch:DescribeAlarms", "elasticloadbalancing:DescribeRules"]
      resources = ["*"]
    },
    {
      actions   = ["elasticloadbalancing:ModifyRule"]
      resources = [for rule in aws_lb_listener_rule.this : rule.arn]
    },
    {
      actions   = ["ssm:GetParameter"]
      resources = [aws_ssm_parameter.switch.arn, "${local.parameters}${local.state_parameter}"]
    },
    {
      actions   = ["ssm:PutParameter"]
      resources = ["${local.parameters}${local.state_parameter}"]
    },
  ]
}

resource "aws_lambda_permission" "shift_by_alarm" {
  statement_id  = "alarm"
  action        = "lambda:InvokeFunction"
  function_name = module.shift.function_name
  qualifier     = module.shift.alias_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.shift.arn
}

resource "aws_lambda_permission" "by_schedule" {
  for_each = local.scheduled

  statement_id  = "schedule"
  action        = "lambda:InvokeFunction"
  function_name = each.value.function.function_name
  qualifier     = each.value.function.alias_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.schedule[each.key].arn
}

locals {
  scheduled = {
    shift_burst   = { every = "rate(1 minute)", function = module.shift }
    erase_expired = { every = "rate(1 hour)", function = module.erase }
  }
}

resource "aws_cloudwatch_event_rule" "schedule" {
  for_each = local.scheduled

  name                = "${var.name}-${each.key}"
  description         = "Calls ${each.key}"
  schedule_expression = each.value.every
}

resource "aws_cloudwatch_event_target" "schedule" {
  for_each = local.scheduled

  rule = aws_cloudwatch_event_rule.schedule[each.key].name
  arn  = each.value.function.alias_arn
}

module "erase" {
  source = "../function"

  name                 = var.name
  function             = "erase_expired"
  description          = "Erases the events that were kept for as long as they should be"
  handler              = "handlers.operations.erase_expired.handler"
  image_uri            = var.image_uri
  architecture         = var.architecture
  memory_mb            = 512
  timeout_s            = 300
  reserved_concurrency = 1
  environment          = local.environment
  statements           = local.reads_secrets
  subnet_ids           = var.subnet_ids
  security_group_ids   = [var.security_group_id]
  log_retention_days   = var.log_retention_days
  kms_key_arn          = var.kms_key_arn
}
