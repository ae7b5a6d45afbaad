# The composition of every environment: dev and staging link to these files, and differ by terraform.tfvars alone.

locals {
  name      = "ovation-${var.environment}"
  endpoints = jsondecode(file("${path.module}/../../burst_endpoints.json"))
  image_uri = "${module.delivery.repository_url}@${var.image_digest}"

  container_port = 8000

  function_names = merge(module.burst.function_names, { rotate_signing_keys = module.secrets.function_name })

  # What servers and functions are told alike. Two proxies of ours are in front: CloudFront and the load balancer.
  environment_variables = {
    CORS_ALLOWED_ORIGINS   = join(",", var.cors_allowed_origins)
    DATABASE_SECRET_ID     = module.database.secret_arn
    ENVIRONMENT            = var.environment
    LOG_LEVEL              = var.log_level
    METRICS_ENABLED        = "true"
    SIGNING_KEYS_SECRET_ID = module.secrets.signing_keys_secret_arn
    TRUSTED_PROXY_HOPS     = "2"
  }
  secret_arns = [module.database.secret_arn, module.secrets.signing_keys_secret_arn]
}

module "secrets" {
  source = "../../modules/secrets"

  name               = local.name
  environment        = var.environment
  region             = var.region
  account_id         = var.account_id
  image_uri          = local.image_uri
  architecture       = var.architecture
  log_retention_days = var.log_retention_days
}

module "network" {
  source = "../../modules/network"

  name               = local.name
  region             = var.region
  cidr               = var.cidr
  availability_zones = var.availability_zones
  container_port     = local.container_port
  has_cache          = var.valkey != null
  log_retention_days = var.log_retention_days
  kms_key_arn        = module.secrets.kms_key_arn
}

module "database" {
  source = "../../modules/database"

  name                       = local.name
  engine_version             = "18"
  instance_class             = var.database_class
  storage_gb                 = var.database_storage_gb
  multi_az                   = var.database_multi_az
  backup_retention_days      = var.backup_retention_days
  deletion_protection        = var.deletion_protection
  connections                = var.database_connections
  proxy_connections_percent  = var.proxy_connections_percent
  database_name              = "ovation"
  username                   = "ovation"
  private_subnet_ids         = module.network.private_subnet_ids
  database_subnet_ids        = module.network.database_subnet_ids
  database_security_group_id = module.network.security_group_ids["database"]
  proxy_security_group_id    = module.network.security_group_ids["proxy"]
  valkey                     = var.valkey
  cache_security_group_id    = var.valkey == null ? null : module.network.security_group_ids["cache"]
  log_retention_days         = var.log_retention_days
  kms_key_arn                = module.secrets.kms_key_arn
}

module "service" {
  source = "../../modules/service"

  name                       = local.name
  region                     = var.region
  account_id                 = var.account_id
  vpc_id                     = module.network.vpc_id
  private_subnet_ids         = module.network.private_subnet_ids
  balancer_security_group_id = module.network.security_group_ids["balancer"]
  service_security_group_id  = module.network.security_group_ids["service"]
  certificate_arn            = module.edge.balancer_certificate_arn
  image_uri                  = local.image_uri
  repository_arn             = module.delivery.repository_arn
  architecture               = var.architecture
  container_port             = local.container_port
  environment_variables      = merge(local.environment_variables, { DATABASE_URL = module.database.url })
  secret_arns                = local.secret_arns
  owner_database_url         = module.database.owner_url
  owner_secret_arn           = module.database.owner_secret_arn
  application_secret_arn     = module.database.secret_arn
  cache_arns                 = module.database.cache_arns
  kms_key_arn                = module.secrets.kms_key_arn
  cpu                        = var.task_cpu
  memory_mb                  = var.task_memory_mb
  workers                    = var.task_workers
  database_pool_size         = var.database_pool_size
  least_tasks                = var.least_tasks
  most_tasks                 = var.most_tasks
  target_cpu_percent         = 50
  target_requests_per_minute = var.target_requests_per_minute
  balancer_idle_timeout_s    = 60
  shutdown_grace_s           = 20
  events                     = var.events
  deletion_protection        = var.deletion_protection
  log_retention_days         = var.log_retention_days
}

module "burst" {
  source = "../../modules/burst"

  name                           = local.name
  environment                    = var.environment
  region                         = var.region
  account_id                     = var.account_id
  endpoints                      = local.endpoints
  image_uri                      = local.image_uri
  architecture                   = var.architecture
  memory_mb                      = var.function_memory_mb
  reserved_concurrency           = var.function_concurrency
  environment_variables          = local.environment_variables
  proxy_url                      = module.database.proxy_url
  secret_arns                    = local.secret_arns
  kms_key_arn                    = module.secrets.kms_key_arn
  subnet_ids                     = module.network.private_subnet_ids
  security_group_id              = module.network.security_group_ids["functions"]
  listener_arn                   = module.service.listener_arn
  balancer_arn_suffix            = module.service.balancer_arn_suffix
  server_target_group_arn        = module.service.target_group_arn
  server_target_group_arn_suffix = module.service.target_group_arn_suffix
  cluster_name                   = module.service.cluster_name
  service_name                   = module.service.service_name
  hot_cpu_percent                = 80
  calm_cpu_percent               = 45
  hot_requests_per_minute        = var.target_requests_per_minute * 2
  least_server_weight            = 10
  return_factor                  = 1.5
  failing_per_minute             = 20
  events                         = var.events
  log_retention_days             = var.log_retention_days
}

module "edge" {
  source = "../../modules/edge"

  name                 = local.name
  domain_name          = var.domain_name
  zone_id              = var.zone_id
  price_class          = var.price_class
  cors_allowed_origins = var.cors_allowed_origins
  balancer_arn         = module.service.balancer_arn
  balancer_dns_name    = module.service.balancer_dns_name
  internet_gateway_id  = module.network.internet_gateway_id
  log_bucket_arn       = module.service.log_bucket_arn
  requests_per_address = var.requests_per_address
  joins_per_address    = var.joins_per_address
  log_retention_days   = var.log_retention_days
}

module "observability" {
  source = "../../modules/observability"

  name                    = local.name
  environment             = var.environment
  region                  = var.region
  balancer_arn_suffix     = module.service.balancer_arn_suffix
  target_group_arn_suffix = module.service.target_group_arn_suffix
  cluster_name            = module.service.cluster_name
  service_name            = module.service.service_name
  database_identifier     = module.database.identifier
  database_connections    = var.database_connections
  function_names          = local.function_names
  operations              = ["erase_expired", "rotate_signing_keys", "shift_burst"]
  alarm_emails            = var.alarm_emails
  monthly_budget_usd      = var.monthly_budget_usd
  kms_key_arn             = module.secrets.kms_key_arn
}

module "delivery" {
  source = "../../modules/delivery"

  name              = local.name
  environment       = var.environment
  region            = var.region
  account_id        = var.account_id
  github_repository = var.github_repository
  task_families     = module.service.task_families
  task_role_arns    = module.service.role_arns
  web_bucket_arn    = module.edge.web_bucket_arn
  distribution_arn  = module.edge.distribution_arn
  kms_key_arn       = module.secrets.kms_key_arn
}
