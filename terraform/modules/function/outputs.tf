output "function_name" {
  description = "The function's name"
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "The function, without a version"
  value       = aws_lambda_function.this.arn
}

output "alias_name" {
  description = "The alias that callers use"
  value       = aws_lambda_alias.live.name
}

output "alias_arn" {
  description = "The function by the alias that callers use"
  value       = aws_lambda_alias.live.arn
}

output "role_arn" {
  description = "The role it runs as"
  value       = aws_iam_role.this.arn
}

output "policy" {
  description = "What the role may do, as JSON, for the tests"
  value       = aws_iam_role_policy.this.policy
}
