# Every value of example is to be replaced: account, zone, domain, repository, addresses, and the digest of an image.
environment        = "staging"
region             = "eu-central-1"
account_id         = "000000000002"
cidr               = "10.20.0.0/16"
availability_zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]

domain_name       = "staging.live.example.org"
zone_id           = "Z0000000000000000000"
price_class       = "PriceClass_100"
github_repository = "example/ovation"
image_digest      = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
architecture      = "x86_64"

database_class            = "db.r8g.large"
database_storage_gb       = 50
database_multi_az         = true
database_connections      = 800
proxy_connections_percent = 30
database_pool_size        = 5
backup_retention_days     = 7
deletion_protection       = true

task_cpu                   = 2048
task_memory_mb             = 4096
task_workers               = 2
least_tasks                = 2
most_tasks                 = 16
target_requests_per_minute = 120000

function_memory_mb   = 1769
function_concurrency = 30

requests_per_address = 4000000
joins_per_address    = 60000

log_level          = "INFO"
log_retention_days = 30
alarm_emails       = ["ovation-staging@example.org"]
monthly_budget_usd = 900
