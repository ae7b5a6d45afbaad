terraform {
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.66.0"
    }
  }

  # Where: backend.hcl, by `terraform init -backend-config=backend.hcl`. Two people never apply at the same time.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = { Application = "ovation", Environment = var.environment, ManagedBy = "terraform" }
  }
}
