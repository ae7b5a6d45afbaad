# Every value of example is to be replaced: account, zone, domain, repository, addresses, and the digest of an image.
environment        = "dev"
region             = "eu-central-1"
account_id         = "000000000001"
cidr               = "10.10.0.0/16"
availability_zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]

domain_name       = "dev.live.example.org"
zone_id           = "Z0000000000000000000"
price_class       = "PriceClass_100"
github_repository = "example/ovation"
image_digest      = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
architecture      = "x86_64"

database_class            = "db.t4g.medium"
database_storage_gb       = 20
database_multi_az         = false
database_connections      = 200
proxy_connections_percent = 30
database_pool_size        = 5
backup_retention_days     = 1
deletion_protection       = false

task_cpu                   = 1024
task_memory_mb             = 2048
task_workers               = 1
least_tasks                = 1
most_tasks                 = 4
target_requests_per_minute = 60000

function_memory_mb   = 1024
function_concurrency = 10

requests_per_address = 1000000
joins_per_address    = 20000

log_level          = "DEBUG"
log_retention_days = 14
alarm_emails       = []
monthly_budget_usd = 250
