# Inside the VPC: CloudFront is the only way in. Rules that send a share of a burst to functions are in ../burst.

resource "aws_lb" "this" {
  # checkov:skip=CKV_AWS_150: Protected wherever the environment says so; dev is made to be destroyed.
  # checkov:skip=CKV2_AWS_28: The firewall is CloudFront's; nobody else reaches this.
  name                       = var.name
  internal                   = true
  load_balancer_type         = "application"
  security_groups            = [var.balancer_security_group_id]
  subnets                    = var.private_subnet_ids
  enable_deletion_protection = var.deletion_protection
  drop_invalid_header_fields = true
  # Below the 75 s for which the servers keep idle connections: a request never meets one that is being closed.
  idle_timeout = var.balancer_idle_timeout_s

  access_logs {
    bucket  = aws_s3_bucket.logs.bucket
    prefix  = "balancer"
    enabled = true
  }

  depends_on = [aws_s3_bucket_policy.logs]
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.servers.arn
  }
}

resource "aws_lb_target_group" "servers" {
  name                          = "${var.name}-servers"
  vpc_id                        = var.vpc_id
  target_type                   = "ip"
  port                          = var.container_port
  protocol                      = "HTTPS"
  load_balancing_algorithm_type = "least_outstanding_requests"
  # As long as the servers take to finish what is under way, with some to spare.
  deregistration_delay = var.shutdown_grace_s + 10

  health_check {
    path                = "/health/ready"
    protocol            = "HTTPS"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}
