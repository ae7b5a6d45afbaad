output "balancer_certificate_arn" {
  description = "Certificate for the load balancer, once it is proven"
  value       = aws_acm_certificate_validation.balancer.certificate_arn
}

output "distribution_id" {
  description = "The distribution"
  value       = aws_cloudfront_distribution.this.id
}

output "distribution_arn" {
  description = "The distribution"
  value       = aws_cloudfront_distribution.this.arn
}

output "web_bucket" {
  description = "Where the pipeline puts the page"
  value       = aws_s3_bucket.web.bucket
}

output "web_bucket_arn" {
  description = "Where the pipeline puts the page"
  value       = aws_s3_bucket.web.arn
}

output "web_bucket_policy" {
  description = "Who may read the page's bucket, as JSON, for the tests"
  value       = aws_s3_bucket_policy.web.policy
}
