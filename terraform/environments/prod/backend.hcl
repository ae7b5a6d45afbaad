bucket = "example-ovation-prod-state"
key    = "ovation/prod.tfstate"
region = "eu-central-1"
