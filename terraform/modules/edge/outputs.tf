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

output "feed" {
  description = "How the public feed is cached, for the tests"
  value = merge(
    {
      path = one([
        for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : behavior.path_pattern
        if behavior.target_origin_id == local.balancer
      ])
      shortest_s = aws_cloudfront_cache_policy.feed.min_ttl
      unasked_s  = aws_cloudfront_cache_policy.feed.default_ttl
      longest_s  = aws_cloudfront_cache_policy.feed.max_ttl
      headers_policy = one([
        for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : behavior.response_headers_policy_id
        if behavior.target_origin_id == local.balancer
      ])
      # Of the pages that may read it; none where there is no policy.
      origins = toset(flatten([
        for policy in aws_cloudfront_response_headers_policy.feed : policy.cors_config[0].access_control_allow_origins[0].items
      ]))
    },
    one([for key in aws_cloudfront_cache_policy.feed.parameters_in_cache_key_and_forwarded_to_origin : {
      query   = key.query_strings_config[0].query_string_behavior
      headers = key.headers_config[0].header_behavior
      cookies = key.cookies_config[0].cookie_behavior
    }]),
  )
}

output "firewall" {
  description = "Lists of managed rules, and the limits of an address by path, for the tests"
  value = {
    managed = toset(keys(local.managed_rules))
    rates   = { for rule in values(local.rate_rules) : rule.path => rule.limit }
  }
}
