# What AWS would answer, as far as a name, an address or a policy is made of it.

mock_resource "aws_db_instance" {
  defaults = {
    address            = "database.invalid"
    master_user_secret = [{ secret_arn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:database" }]
  }
}

mock_resource "aws_acm_certificate" {
  defaults = {
    domain_validation_options = [{
      domain_name           = "live.example.org"
      resource_record_name  = "_proof.live.example.org"
      resource_record_type  = "CNAME"
      resource_record_value = "_proof.acm.invalid"
    }]
  }
}

mock_resource "aws_kms_key" {
  defaults = { arn = "arn:aws:kms:eu-central-1:000000000000:key/mock" }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:mock::000000000000:logs" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:mock::000000000000:iam" }
}

mock_resource "aws_s3_bucket" {
  defaults = { arn = "arn:aws:mock::000000000000:s3" }
}

mock_resource "aws_cloudfront_distribution" {
  defaults = { arn = "arn:aws:mock::000000000000:cloudfront" }
}

mock_resource "aws_lb_listener_rule" {
  defaults = { arn = "arn:aws:mock::000000000000:rule" }
}

mock_resource "aws_ssm_parameter" {
  defaults = { arn = "arn:aws:mock::000000000000:ssm" }
}

mock_resource "aws_secretsmanager_secret" {
  defaults = { arn = "arn:aws:mock::000000000000:secret" }
}

mock_resource "aws_ecr_repository" {
  defaults = { arn = "arn:aws:mock::000000000000:ecr", repository_url = "registry.invalid/ovation" }
}

mock_resource "aws_db_proxy" {
  defaults = { endpoint = "proxy.invalid" }
}

mock_resource "aws_elasticache_serverless_cache" {
  defaults = {
    arn      = "arn:aws:elasticache:eu-central-1:000000000000:serverlesscache:mock"
    endpoint = [{ address = "cache.invalid", port = 6379 }]
  }
}

mock_resource "aws_elasticache_user" {
  defaults = { arn = "arn:aws:elasticache:eu-central-1:000000000000:user:mock" }
}

mock_resource "aws_subnet" {
  defaults = { id = "subnet-mock" }
}

mock_resource "aws_security_group" {
  defaults = { id = "sg-mock" }
}
