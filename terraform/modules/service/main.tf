# The servers: the image's own command, behind a certificate that each makes for itself, on a read-only file system.

locals {
  environment = [for name, value in merge(var.environment_variables, {
    AWS_REGION         = var.region
    DATABASE_POOL_SIZE = tostring(var.database_pool_size)
    SHUTDOWN_GRACE_S   = tostring(var.shutdown_grace_s)
    UVICORN_PORT       = tostring(var.container_port)
    WEB_CONCURRENCY    = tostring(var.workers)
  }) : { name = name, value = value }]

  # From the load balancer to the server everything is encrypted too. The balancer does not look at who signed, so a
  # key that never leaves the task is as good as one from an authority, and there is nothing to renew.
  tls = {
    UVICORN_SSL_KEYFILE  = "/tmp/tls.key"
    UVICORN_SSL_CERTFILE = "/tmp/tls.crt"
  }
  make_certificate = join(" ", [
    "umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650",
    "-subj /CN=ovation -keyout \"$UVICORN_SSL_KEYFILE\" -out \"$UVICORN_SSL_CERTFILE\" 2>/dev/null",
  ])
  # The image's command, word for word; a test compares them.
  serve = join(" ", [
    "uvicorn handlers.app:app --loop uvloop --http shared.http.protocol:HttpProtocol",
    "--timeout-keep-alive 75 --timeout-graceful-shutdown 20",
    "--no-access-log --no-proxy-headers --no-server-header",
  ])

  container = {
    name                   = "ovation"
    image                  = var.image_uri
    essential              = true
    readonlyRootFilesystem = true
    user                   = "10001:10001"
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"], add = [] } }
    mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "ovation"
        # A server must not wait for its log.
        mode            = "non-blocking"
        max-buffer-size = "8m"
      }
    }
  }

  server = merge(local.container, {
    entryPoint   = ["sh", "-c"]
    command      = ["${local.make_certificate} && exec ${local.serve}"]
    environment  = concat(local.environment, [for name, value in local.tls : { name = name, value = value }])
    portMappings = [{ containerPort = var.container_port, protocol = "tcp" }]
    # A file for each connection: the balancer's, and tens of thousands should somebody connect directly.
    ulimits     = [{ name = "nofile", softLimit = 65535, hardLimit = 65535 }]
    stopTimeout = var.shutdown_grace_s + 10
    healthCheck = {
      command     = ["CMD", "python3", "-I", "-S", "/app/scripts/check_liveness.py"]
      interval    = 10
      timeout     = 3
      startPeriod = 20
      retries     = 3
    }
  })

  # It alone logs in as the owner of the tables, and makes the role that all others log in as.
  migrate = merge(local.container, {
    command = ["python", "-m", "migrations", "upgrade"]
    environment = [for name, value in merge(var.environment_variables, {
      AWS_REGION                     = var.region
      DATABASE_URL                   = var.owner_database_url
      DATABASE_SECRET_ID             = var.owner_secret_arn
      DATABASE_APPLICATION_SECRET_ID = var.application_secret_arn
    }) : { name = name, value = value }]
  })
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338: Logs hold who called and when; they are kept as long as the environment says.
  name              = "/ovation/${var.name}/service"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "this" {
  for_each = { (var.name) = local.server, "${var.name}-migrate" = local.migrate }

  family                   = each.key
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.key == var.name ? var.cpu : 512
  memory                   = each.key == var.name ? var.memory_mb : 1024
  task_role_arn            = each.key == var.name ? aws_iam_role.task.arn : aws_iam_role.migrate.arn
  execution_role_arn       = aws_iam_role.execution.arn
  container_definitions    = jsonencode([each.value])
  # The pipeline makes revisions too; older ones stay for going back.
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = upper(var.architecture)
  }

  volume {
    name = "tmp"
  }
}

resource "aws_ecs_service" "this" {
  name                              = var.name
  cluster                           = aws_ecs_cluster.this.id
  task_definition                   = aws_ecs_task_definition.this[var.name].arn
  launch_type                       = "FARGATE"
  platform_version                  = "LATEST"
  desired_count                     = var.least_tasks
  enable_execute_command            = false
  health_check_grace_period_seconds = 60
  propagate_tags                    = "SERVICE"
  availability_zone_rebalancing     = "ENABLED"

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 150

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.private_subnet_ids
    security_groups  = [var.service_security_group_id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.servers.arn
    container_name   = local.container.name
    container_port   = var.container_port
  }

  lifecycle {
    # The pipeline puts new revisions here, and autoscaling the number of tasks.
    ignore_changes = [task_definition, desired_count]
  }

  depends_on = [aws_lb_listener.https]
}
