# What AWS would answer, as far as a name, an address or a policy is made of it.

mock_resource "aws_db_instance" {
  defaults = {
    address            = "database.invalid"
    master_user_secret = [{ secret_arn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:database" }]
  }
}

mock_resource "aws_acm_certificate" {
  defaults = {
    arn = "arn:aws:acm:eu-central-1:000000000000:certificate/mock"
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
  defaults = { arn = "arn:aws:logs:eu-central-1:000000000000:log-group:mock" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::000000000000:role/mock" }
}

mock_resource "aws_s3_bucket" {
  defaults = { arn = "arn:aws:s3:::mock" }
}

mock_resource "aws_cloudfront_distribution" {
  defaults = { arn = "arn:aws:cloudfront::000000000000:distribution/mock" }
}

mock_resource "aws_cloudfront_response_headers_policy" {
  defaults = { id = "mock" }
}

mock_resource "aws_lb_listener_rule" {
  defaults = { arn = "arn:aws:elasticloadbalancing:eu-central-1:000000000000:listener-rule/mock" }
}

mock_resource "aws_ssm_parameter" {
  defaults = { arn = "arn:aws:ssm:eu-central-1:000000000000:parameter/mock" }
}

mock_resource "aws_secretsmanager_secret" {
  defaults = { arn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:application" }
}

mock_resource "aws_ecr_repository" {
  defaults = { arn = "arn:aws:ecr:eu-central-1:000000000000:repository/mock", repository_url = "registry.invalid/ovation" }
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

mock_resource "aws_vpc" {
  defaults = { id = "vpc-mock" }
}

mock_resource "aws_internet_gateway" {
  defaults = { id = "igw-mock" }
}

mock_resource "aws_lb" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:eu-central-1:000000000000:loadbalancer/app/mock/0"
    arn_suffix = "app/mock/0"
    dns_name   = "balancer.invalid"
  }
}

mock_resource "aws_lb_listener" {
  defaults = { arn = "arn:aws:elasticloadbalancing:eu-central-1:000000000000:listener/app/mock/0/0" }
}

mock_resource "aws_lb_target_group" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:eu-central-1:000000000000:targetgroup/mock/0"
    arn_suffix = "targetgroup/mock/0"
  }
}

mock_resource "aws_iam_openid_connect_provider" {
  defaults = { arn = "arn:aws:iam::000000000000:oidc-provider/mock" }
}
