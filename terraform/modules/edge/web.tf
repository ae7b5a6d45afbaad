# The built-in page. The bucket is private: CloudFront reads it by origin access control, so that everything passes
# the firewall, TLS and the headers below, and nobody can list or read around them.

resource "aws_s3_bucket" "web" {
  # checkov:skip=CKV_AWS_18: CloudFront's log has every read.
  # checkov:skip=CKV_AWS_144: The page is in the repository, and in every image.
  # checkov:skip=CKV_AWS_145: What everyone may read needs no key of ours.
  # checkov:skip=CKV2_AWS_62: Nothing waits for a file.
  bucket_prefix = "${var.name}-web-"
}

resource "aws_s3_bucket_public_access_block" "web" {
  bucket                  = aws_s3_bucket.web.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "web" {
  bucket = aws_s3_bucket.web.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "web" {
  bucket = aws_s3_bucket.web.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "web" {
  bucket = aws_s3_bucket.web.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_policy" "web" {
  bucket = aws_s3_bucket.web.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OurDistribution"
      Effect    = "Allow"
      Action    = ["s3:GetObject"]
      Resource  = ["${aws_s3_bucket.web.arn}/*"]
      Principal = { Service = "cloudfront.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceArn" = aws_cloudfront_distribution.this.arn } }
    }]
  })
}

resource "aws_s3_object" "unavailable" {
  bucket        = aws_s3_bucket.web.id
  key           = "errors/unavailable.html"
  content       = file("${path.module}/pages/unavailable.html")
  content_type  = "text/html; charset=utf-8"
  cache_control = "public, max-age=60"
}

resource "aws_cloudfront_origin_access_control" "web" {
  name                              = "${var.name}-web"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}
