# Who may talk to whom, in one table.

locals {
  groups = merge(var.has_cache ? { cache = "Valkey" } : {}, {
    balancer  = "The load balancer"
    service   = "The servers on ECS, and one-off tasks"
    functions = "Lambda functions that use the database"
    proxy     = "RDS Proxy"
    database  = "PostgreSQL"
    endpoints = "Endpoints of AWS services"
  })

  # Valkey Serverless takes reads that may be a little old at a port of their own.
  cache_flows = {
    service-cache       = { from = "service", to = "cache", port = 6379 }
    service-cache-reads = { from = "service", to = "cache", port = 6380 }
  }

  flows = merge(var.has_cache ? local.cache_flows : {}, {
    balancer-service    = { from = "balancer", to = "service", port = var.container_port }
    service-database    = { from = "service", to = "database", port = 5432 }
    functions-proxy     = { from = "functions", to = "proxy", port = 5432 }
    proxy-database      = { from = "proxy", to = "database", port = 5432 }
    service-endpoints   = { from = "service", to = "endpoints", port = 443 }
    functions-endpoints = { from = "functions", to = "endpoints", port = 443 }
  })
}

# Its addresses are those of CloudFront's servers; only our distribution knows the way to a VPC origin.
data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5: Attached in the modules that are given the groups, which checkov does not follow.
  for_each = local.groups

  name        = "${var.name}-${each.key}"
  description = each.value
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = local.flows

  security_group_id            = aws_security_group.this[each.value.to].id
  referenced_security_group_id = aws_security_group.this[each.value.from].id
  description                  = "From ${each.value.from}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = local.flows

  security_group_id            = aws_security_group.this[each.value.from].id
  referenced_security_group_id = aws_security_group.this[each.value.to].id
  description                  = "To ${each.value.to}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "cloudfront" {
  security_group_id = aws_security_group.this["balancer"].id
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
  description       = "From CloudFront"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "layers" {
  security_group_id = aws_security_group.this["service"].id
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  description       = "Layers of the image, from S3"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
