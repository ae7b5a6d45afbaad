# What stands between the audience and the servers: cache, firewall, and who may talk to whom inside.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

# One plan for all of them, since a plan is what takes long.
run "the_feed_the_firewall_and_the_network" {
  command = plan

  assert {
    condition     = module.edge.feed.longest_s == 1 && module.edge.feed.shortest_s == 0 && module.edge.feed.unasked_s == 0
    error_message = "The feed is kept for longer than a second, or although it says that it may not be."
  }

  assert {
    condition     = module.edge.feed.query == "all" && module.edge.feed.headers == "none" && module.edge.feed.cookies == "none"
    error_message = "Two cursors share an answer, or what a browser sends along makes copies of the same one."
  }

  assert {
    condition = module.edge.feed.path == one([
      for endpoint in local.endpoints : replace(endpoint.path, "/\\{[a-z_]+\\}/", "*") if endpoint.operation == "get_changes"
    ])
    error_message = "What is cached is not the feed."
  }

  assert {
    condition     = module.edge.feed.headers_policy == null && length(module.edge.feed.origins) == 0
    error_message = "Pages of other origins may read the feed although none is named."
  }

  assert {
    condition = module.edge.firewall.managed == toset([
      "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet",
    ])
    error_message = "A list of managed rules is missing."
  }

  assert {
    condition     = module.edge.firewall.rates["/"] == var.requests_per_address && length(module.edge.firewall.rates) == 2
    error_message = "An address may send as much as it likes."
  }

  assert {
    condition = module.edge.firewall.rates[one([
      for endpoint in local.endpoints : endpoint.path if endpoint.operation == "join_event"
    ])] == var.joins_per_address
    error_message = "The limit on joining is on another path than that of joining."
  }

  assert {
    condition     = module.network.reached == toset(["ecr.api", "ecr.dkr", "logs", "s3", "secretsmanager"])
    error_message = "Servers cannot reach what they need of AWS, or reach more."
  }

  assert {
    condition     = length(module.network.private_subnet_ids) == 3 && length(module.network.database_subnet_ids) == 3
    error_message = "It is not spread over three zones."
  }

  assert {
    condition     = toset([for flow in module.network.flows : flow.from if flow.to == "database"]) == toset(["proxy", "service"])
    error_message = "Others than the servers and the proxy may reach the database."
  }
}

run "a_page_of_another_origin_reads_the_feed_also_from_the_cache" {
  command = plan

  variables {
    cors_allowed_origins = ["https://page.example.org"]
  }

  assert {
    condition     = module.edge.feed.headers_policy != null && module.edge.feed.origins == toset(["https://page.example.org"])
    error_message = "An answer that the cache keeps of one page cannot be read by another."
  }

  assert {
    condition     = module.edge.feed.headers == "none"
    error_message = "Each origin that somebody makes up has an answer of its own in the cache."
  }

  assert {
    condition     = local.environment_variables.CORS_ALLOWED_ORIGINS == "https://page.example.org"
    error_message = "The application does not know of the page."
  }
}

run "the_pages_of_every_origin_are_refused" {
  command = plan

  variables {
    cors_allowed_origins = ["https://*"]
  }

  expect_failures = [var.cors_allowed_origins]
}
