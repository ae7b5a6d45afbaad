output "kms_key_arn" {
  description = "The key that everything is encrypted with"
  value       = aws_kms_key.this.arn
}

output "signing_keys_secret_arn" {
  description = "SIGNING_KEYS_SECRET_ID"
  value       = aws_secretsmanager_secret.signing_keys.arn
}

output "function_name" {
  description = "The function that rotates the signing keys"
  value       = module.rotate.function_name
}

output "policy" {
  description = "What the rotation may do, as JSON, for the tests"
  value       = module.rotate.policy
}
