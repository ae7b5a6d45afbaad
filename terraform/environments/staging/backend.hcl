bucket = "example-ovation-staging-state"
key    = "ovation/staging.tfstate"
region = "eu-central-1"
