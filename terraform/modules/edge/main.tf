# CloudFront in front of everything: the page from a bucket, everything else from the load balancer in the VPC.

locals {
  balancer = "balancer"
  web      = "web"
}

resource "aws_cloudfront_vpc_origin" "balancer" {
  vpc_origin_endpoint_config {
    name                   = var.name
    arn                    = var.balancer_arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = "https-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }

  # CloudFront refuses a VPC that has none; naming it makes Terraform wait for it.
  tags = { InternetGateway = var.internet_gateway_id }
}

resource "aws_cloudfront_distribution" "this" {
  # checkov:skip=CKV_AWS_86: Access logs go by the newer delivery, below, which needs no ACL on the bucket.
  # checkov:skip=CKV_AWS_310: There is one load balancer; its three zones are the redundancy.
  # checkov:skip=CKV_AWS_374: An audience may sit anywhere.
  # checkov:skip=CKV2_AWS_47: The managed rules of known bad inputs, Log4j among them, are in the firewall beside this.
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  comment             = var.name
  aliases             = [var.domain_name]
  price_class         = var.price_class
  default_root_object = "index.html"
  web_acl_id          = aws_wafv2_web_acl.this.arn

  origin {
    origin_id   = local.balancer
    domain_name = var.balancer_dns_name

    vpc_origin_config {
      vpc_origin_id            = aws_cloudfront_vpc_origin.balancer.id
      origin_read_timeout      = 30
      origin_keepalive_timeout = 30
    }
  }

  origin {
    origin_id                = local.web
    domain_name              = aws_s3_bucket.web.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.web.id
  }

  default_cache_behavior {
    # checkov:skip=CKV2_AWS_32: The application sends the headers of its own answers.
    target_origin_id         = local.balancer
    viewer_protocol_policy   = "https-only"
    allowed_methods          = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    cached_methods           = ["GET", "HEAD"]
    compress                 = true
    cache_policy_id          = data.aws_cloudfront_cache_policy.disabled.id
    origin_request_policy_id = data.aws_cloudfront_origin_request_policy.all.id
  }

  ordered_cache_behavior {
    path_pattern               = "/v1/events/*/changes"
    target_origin_id           = local.balancer
    viewer_protocol_policy     = "https-only"
    allowed_methods            = ["GET", "HEAD", "OPTIONS"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = aws_cloudfront_cache_policy.feed.id
    origin_request_policy_id   = data.aws_cloudfront_origin_request_policy.all.id
    response_headers_policy_id = one(aws_cloudfront_response_headers_policy.feed[*].id)
  }

  dynamic "ordered_cache_behavior" {
    for_each = ["/index.html", "/page/*", "/errors/*"]

    content {
      path_pattern               = ordered_cache_behavior.value
      target_origin_id           = local.web
      viewer_protocol_policy     = "redirect-to-https"
      allowed_methods            = ["GET", "HEAD"]
      cached_methods             = ["GET", "HEAD"]
      compress                   = true
      cache_policy_id            = aws_cloudfront_cache_policy.page.id
      response_headers_policy_id = aws_cloudfront_response_headers_policy.page.id
    }
  }

  # Only what the application never answers itself: its own errors say in JSON what is wrong, and clients read them.
  dynamic "custom_error_response" {
    for_each = [502, 504]

    content {
      error_code            = custom_error_response.value
      response_code         = custom_error_response.value
      response_page_path    = "/${aws_s3_object.unavailable.key}"
      error_caching_min_ttl = 0
    }
  }

  # Nor is an answer of the application's kept longer because it is an error.
  dynamic "custom_error_response" {
    for_each = [400, 403, 404, 405, 500, 503]

    content {
      error_code            = custom_error_response.value
      error_caching_min_ttl = 0
    }
  }

  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate_validation.edge.certificate_arn
    minimum_protocol_version = "TLSv1.2_2021"
    ssl_support_method       = "sni-only"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
}

resource "aws_route53_record" "this" {
  for_each = toset(["A", "AAAA"])

  zone_id = var.zone_id
  name    = var.domain_name
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_cloudwatch_log_delivery_source" "access" {
  region       = "us-east-1"
  name         = "${var.name}-cloudfront"
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.this.arn
}

resource "aws_cloudwatch_log_delivery_destination" "access" {
  region        = "us-east-1"
  name          = "${var.name}-cloudfront"
  output_format = "json"

  delivery_destination_configuration {
    destination_resource_arn = "${var.log_bucket_arn}/cloudfront"
  }
}

resource "aws_cloudwatch_log_delivery" "access" {
  region                   = "us-east-1"
  delivery_source_name     = aws_cloudwatch_log_delivery_source.access.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.access.arn
}
