# What has to hold in every environment. dev and staging link to this file and run it with their own values.
# Everything is planned with invented answers of AWS: nothing is applied.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "every_burst_endpoint_has_a_rule_whose_weights_sum_to_100" {
  command = plan

  assert {
    condition     = toset(keys(module.burst.weights)) == toset([for endpoint in local.endpoints : endpoint.operation])
    error_message = "An endpoint of burst_endpoints.json has no rule, or a rule has no endpoint."
  }

  assert {
    condition     = alltrue([for weights in values(module.burst.weights) : sum(weights) == 100 && length(weights) == 2])
    error_message = "The weights of a rule do not sum to 100."
  }

  assert {
    condition     = module.burst.path_patterns["cast_vote"] == "/v1/polls/*/vote"
    error_message = "A path's parameter is not a wildcard of the rule."
  }
}

run "the_database_is_private_encrypted_and_restorable" {
  command = plan

  assert {
    condition     = !module.database.facts.publicly_accessible && module.database.facts.encrypted
    error_message = "The database is public, or not encrypted."
  }

  assert {
    condition     = module.database.facts.backup_retention_days >= 1 && module.database.facts.password_is_managed
    error_message = "There is no point-in-time recovery, or a password in Terraform's state."
  }

  assert {
    condition     = var.environment == "dev" || module.database.facts.multi_az
    error_message = "Only dev may live in one zone."
  }

  assert {
    condition     = module.database.facts.insights && module.database.facts.parameters["rds.force_ssl"] == "1"
    error_message = "Nobody sees what it is busy with, or it takes a connection in clear text."
  }

  assert {
    condition     = length(module.network.public_subnets) == 0
    error_message = "A subnet gives public addresses."
  }
}

run "no_role_has_a_wildcard" {
  command = plan

  assert {
    condition     = length(local.wildcard_actions) == 0
    error_message = "Roles may do whatever begins with: ${join(", ", local.wildcard_actions)}"
  }

  assert {
    condition     = length(setsubtract(local.actions_on_everything, local.actions_without_resource)) == 0
    error_message = "These can be limited to a resource: ${join(", ", setsubtract(local.actions_on_everything, local.actions_without_resource))}"
  }

  assert {
    condition     = length(local.policies) == length(local.function_names) + 5
    error_message = "The policies of some roles are not looked at."
  }
}

run "only_the_migration_logs_in_as_the_owner_of_the_tables" {
  command = plan

  assert {
    condition = alltrue([
      for role, policy in local.policies : strcontains(policy, module.database.owner_secret_arn) == (role == "service-migrate")
    ])
    error_message = "Another role than the migration's may read the owner's password, or the migration may not."
  }

  assert {
    condition = alltrue([
      for family, definition in module.service.container_definitions :
      strcontains(definition, module.database.owner_secret_arn) == (family == "${local.name}-migrate")
    ])
    error_message = "A server logs in as the owner, or the migration does not."
  }

  assert {
    condition = alltrue([
      for url in [module.database.url, module.database.proxy_url] : startswith(url, "postgresql://ovation_application@")
    ])
    error_message = "Servers or functions log in as somebody else."
  }
}

run "servers_run_without_privileges_behind_tls" {
  command = plan

  assert {
    condition = alltrue([
      for container in local.containers :
      container.readonlyRootFilesystem && container.user == "10001:10001" && container.linuxParameters.capabilities.drop == ["ALL"]
    ])
    error_message = "A container may write to its file system, is root, or has a capability."
  }

  assert {
    condition = alltrue(flatten([
      for container in local.containers : [
        for variable in container.environment : !can(regex("PASSWORD|SIGNING_KEYS$", variable.name))
      ]
    ]))
    error_message = "A secret's value is in a task's environment."
  }

  assert {
    condition     = alltrue([for container in local.containers : endswith(container.image, "@${var.image_digest}")])
    error_message = "An image is not named by its digest."
  }

  assert {
    condition     = module.service.facts.health_path == "/health/ready" && module.service.facts.target_protocol == "HTTPS"
    error_message = "The load balancer asks something else, or in clear text."
  }

  assert {
    condition     = strcontains(module.service.facts.tls_policy, "TLS13") && module.service.facts.is_internal
    error_message = "The load balancer takes old TLS, or is public."
  }

  assert {
    condition     = module.service.facts.rolls_back && !module.service.facts.can_exec
    error_message = "A failed deployment stays, or somebody can open a shell in a task."
  }
}

run "the_page_is_read_by_our_distribution_only" {
  command = plan

  assert {
    condition = alltrue([
      for statement in jsondecode(module.edge.web_bucket_policy).Statement :
      statement.Principal == { Service = "cloudfront.amazonaws.com" } && can(statement.Condition.StringEquals["aws:SourceArn"])
    ])
    error_message = "Somebody else may read the page's bucket."
  }
}

run "a_known_event_is_warmed_up_before_it_begins" {
  command = plan

  variables {
    events = {
      keynote = { starts_at = "2027-03-01T18:00:00Z", ends_at = "2027-03-01T20:00:00Z", tasks = var.least_tasks + 1, concurrency = 5 }
    }
  }

  assert {
    condition     = module.service.schedule["keynote-begins"] == "at(2027-03-01T17:40:00)" && module.service.schedule["keynote-ends"] == "at(2027-03-01T20:00:00)"
    error_message = "Tasks are not ready 20 minutes before the event, or stay afterwards."
  }

  assert {
    condition     = length(module.burst.warmings) == length(local.endpoints)
    error_message = "A burst function is not warmed up."
  }
}

run "an_event_that_needs_more_tasks_than_may_be_is_refused" {
  command = plan

  variables {
    events = {
      keynote = { starts_at = "2027-03-01T18:00:00Z", ends_at = "2027-03-01T20:00:00Z", tasks = 10000, concurrency = 1 }
    }
  }

  expect_failures = [var.events]
}

run "more_tasks_than_the_database_has_connections_for_are_refused" {
  command = plan

  variables {
    most_tasks = 1000
  }

  expect_failures = [var.most_tasks]
}

run "an_image_by_tag_is_refused" {
  command = plan

  variables {
    image_digest = "latest"
  }

  expect_failures = [var.image_digest]
}

run "a_hall_behind_one_address_is_not_locked_out" {
  command = plan

  variables {
    requests_per_address = 2000
  }

  expect_failures = [var.requests_per_address]
}
