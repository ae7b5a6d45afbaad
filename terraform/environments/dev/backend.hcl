bucket = "example-ovation-dev-state"
key    = "ovation/dev.tfstate"
region = "eu-central-1"
