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

output "facts" {
  description = "For the tests"
  value = {
    scanned    = aws_ecr_repository.this.image_scanning_configuration[0].scan_on_push
    mutability = aws_ecr_repository.this.image_tag_mutability
    kept       = one([for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : rule.selection.countNumber if rule.selection.tagStatus == "any"])
    subject    = jsondecode(aws_iam_role.deploy.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"]
  }
}
