# What keeps it running, and says when it does not: autoscaling, what shift_burst counts as failing, logs, images.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

# One plan for all of them, since a plan is what takes long.
run "scaling_failures_logs_and_images" {
  command = plan

  assert {
    condition = module.service.scaled_by == {
      ECSServiceAverageCPUUtilization    = 50
      ECSServiceAverageMemoryUtilization = 70
      ALBRequestCountPerTarget           = var.target_requests_per_minute
    }
    error_message = "The number of tasks does not follow CPU, memory and requests."
  }

  # A crash or a timeout is the balancer's 502, and in no metric of the target group but in the function's own.
  assert {
    condition = module.burst.failing == toset([
      "AWS/ApplicationELB HTTPCode_Target_5XX_Count", "AWS/Lambda Errors", "AWS/Lambda Throttles",
    ])
    error_message = "shift_burst would send a burst to functions that answer nobody."
  }

  assert {
    condition     = length(regexall("ALARM\\(", module.burst.failing_rule)) == length(module.burst.failing)
    error_message = "An alarm is made, and shift_burst is not told of it."
  }

  assert {
    condition     = length(module.database.logs_without_retention) == 0
    error_message = "AWS would make these log groups itself, and keep them forever: ${join(", ", module.database.logs_without_retention)}"
  }

  assert {
    condition     = module.delivery.facts.scanned && module.delivery.facts.mutability == "IMMUTABLE" && module.delivery.facts.kept == 50
    error_message = "An image is not scanned, its tag can be moved, or none is kept to go back to."
  }

  assert {
    condition     = module.delivery.facts.subject == "repo:${var.github_repository}:environment:${var.environment}"
    error_message = "Jobs of another repository or environment may deploy."
  }
}
