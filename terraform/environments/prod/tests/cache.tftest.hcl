# The shared cache that an organization may add: absent unless asked for, then private and bounded.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

override_resource {
  target          = module.network.aws_subnet.private
  override_during = plan
  values          = { id = "subnet-private" }
}

override_resource {
  target          = module.network.aws_security_group.this["cache"]
  override_during = plan
  values          = { id = "sg-cache" }
}

run "there_is_no_cache_unless_one_is_asked_for" {
  command = plan

  assert {
    condition     = module.database.cache == null && output.cache == null
    error_message = "A cache is made that nobody asked for, and nothing uses."
  }

  assert {
    condition     = !contains(keys(module.network.security_group_ids), "cache") && !strcontains(module.service.policies.task, "elasticache")
    error_message = "A firewall group or a right of the servers is left of the cache that is not there."
  }
}

run "a_cache_is_private_encrypted_and_bounded" {
  command = plan

  variables {
    valkey = { storage_gb = 2, ecpu_per_s = 5000, snapshot_days = 3 }
  }

  assert {
    condition     = module.database.cache.engine == "valkey" && module.database.cache.kms_key_id == module.secrets.kms_key_arn
    error_message = "It is another engine, or encrypted with a key that is not ours."
  }

  assert {
    condition     = module.database.cache.subnet_ids == toset(["subnet-private"])
    error_message = "It is outside of the private subnets."
  }

  assert {
    condition     = module.database.cache.security_group_ids == toset(["sg-cache"])
    error_message = "It has another firewall group than its own."
  }

  assert {
    condition = toset([for flow in module.network.flows : "${flow.from} ${flow.port}" if flow.to == "cache"]) == toset([
      "service 6379", "service 6380",
    ])
    error_message = "Others than the servers may reach it."
  }

  assert {
    condition     = module.database.cache.most_gb == 2 && module.database.cache.most_ecpu_per_s == 5000 && module.database.cache.snapshot_days == 3
    error_message = "It may grow without a bound, or keeps other snapshots than it was told."
  }

  assert {
    condition     = module.database.cache.authentication == "iam"
    error_message = "Somebody may use it with a password, or without."
  }

  assert {
    condition = [
      for statement in jsondecode(module.service.policies.task).Statement : statement.Resource
      if contains(flatten([statement.Action]), "elasticache:Connect")
    ] == [module.database.cache_arns]
    error_message = "The servers may connect to another cache, or as another user."
  }

  assert {
    condition     = length(setsubtract(local.actions_on_everything, local.actions_without_resource)) == 0 && length(local.wildcard_actions) == 0
    error_message = "With the cache, a role has a wildcard."
  }
}

run "a_cache_without_bounds_is_refused" {
  command = plan

  variables {
    valkey = { storage_gb = 0, ecpu_per_s = 5000, snapshot_days = 3 }
  }

  expect_failures = [var.valkey]
}

run "a_cache_that_keeps_snapshots_for_longer_than_aws_does_is_refused" {
  command = plan

  variables {
    valkey = { storage_gb = 1, ecpu_per_s = 1000, snapshot_days = 36 }
  }

  expect_failures = [var.valkey]
}
