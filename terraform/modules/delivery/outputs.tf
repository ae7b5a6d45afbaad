output "repository_url" {
  description = "Where images are pushed to"
  value       = aws_ecr_repository.this.repository_url
}

output "repository_arn" {
  description = "The repository of images"
  value       = aws_ecr_repository.this.arn
}

output "deploy_role_arn" {
  description = "Role of the pipeline's jobs in this environment"
  value       = aws_iam_role.deploy.arn
}

output "policy" {
  description = "What the pipeline may do, as JSON, for the tests"
  value       = aws_iam_role_policy.deploy.policy
}
