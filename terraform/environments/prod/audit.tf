# What the tests look at: every role's policy, and every container.

locals {
  policies = merge(
    module.burst.policies,
    { for role, policy in module.service.policies : "service-${role}" => policy },
    { deploy = module.delivery.policy, proxy = module.database.proxy_policy, rotate = module.secrets.policy },
  )

  statements = flatten([for policy in values(local.policies) : jsondecode(policy).Statement])

  wildcard_actions = distinct([for action in flatten(local.statements[*].Action) : action if strcontains(action, "*")])

  actions_on_everything = toset(flatten([
    for statement in local.statements : statement.Action if contains(flatten([statement.Resource]), "*")
  ]))

  # AWS knows no resource for these: https://docs.aws.amazon.com/service-authorization/latest/reference/
  actions_without_resource = toset([
    "cloudwatch:DescribeAlarms",
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
    "ecr:GetAuthorizationToken",
    "ecs:DeregisterTaskDefinition",
    "ecs:DescribeTaskDefinition",
    "elasticloadbalancing:DescribeRules",
  ])

  containers = flatten([for definition in values(module.service.container_definitions) : jsondecode(definition)])
}
