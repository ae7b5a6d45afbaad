# What is cached, and what is sent on.

# The public feed: the same bytes for everyone, for one second, as its own Cache-Control says. The key holds the cursor
# and the audience, so that a staff's answer, which says no-store, can never stand for the public's.
resource "aws_cloudfront_cache_policy" "feed" {
  name        = "${var.name}-feed"
  comment     = "One second, by path and query"
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = 1

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "all"
    }
  }
}

# One answer in the cache is for pages of every origin, so what a page of another one is told cannot be in it: it is put
# on here, as the application puts it on its own answers; a test compares them.
resource "aws_cloudfront_response_headers_policy" "feed" {
  # checkov:skip=CKV_AWS_259: The application sends the security headers of its own answers.
  count = length(var.cors_allowed_origins) > 0 ? 1 : 0

  name    = "${var.name}-feed"
  comment = "Pages of other origins that may read the feed"

  cors_config {
    access_control_allow_credentials = false
    access_control_max_age_sec       = 3600
    origin_override                  = true

    access_control_allow_headers {
      items = ["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"]
    }

    access_control_allow_methods {
      items = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    }

    access_control_allow_origins {
      items = var.cors_allowed_origins
    }

    access_control_expose_headers {
      items = ["ETag", "Idempotency-Replayed", "Retry-After", "X-Request-Id"]
    }
  }
}

data "aws_cloudfront_cache_policy" "disabled" {
  name = "Managed-CachingDisabled"
}

# The page's files, for as long as their own Cache-Control says: a minute.
resource "aws_cloudfront_cache_policy" "page" {
  name        = "${var.name}-page"
  comment     = "By path, as long as the file says"
  min_ttl     = 0
  default_ttl = 60
  max_ttl     = 3600

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

# Every header, Host and Authorization among them: the load balancer's certificate is for the forwarded name.
data "aws_cloudfront_origin_request_policy" "all" {
  name = "Managed-AllViewer"
}

locals {
  # The page's policy, as the application sends it; a test compares them.
  content_security_policy = join("; ", [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
    "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    "require-trusted-types-for 'script'", "trusted-types 'none'",
  ])
}

# The page's headers. What the application answers itself has its own.
resource "aws_cloudfront_response_headers_policy" "page" {
  # checkov:skip=CKV_AWS_259: Whether browsers preload the whole domain is its owner's to decide.
  name    = "${var.name}-page"
  comment = "Headers of the built-in page"

  security_headers_config {
    content_security_policy {
      content_security_policy = local.content_security_policy
      override                = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = true
      override                   = true
    }
  }
}
