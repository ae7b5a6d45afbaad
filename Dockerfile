# One image for every way Ovation runs:
#   a server    uvicorn handlers.app:app …                               (the default)
#   a Lambda    python -m awslambdaric handlers.polls.cast_vote.handler
#   a one-off   python -m migrations upgrade, python -m scripts.api_keys --organizer NAME
# It runs as any user, without capabilities and on a read-only file system; it writes nothing but /tmp.
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python3 -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
# pip itself does not belong in the image that runs.
RUN /opt/venv/bin/pip install --no-compile --only-binary :all: --require-hashes --no-deps \
    --requirement /tmp/requirements.txt \
 && /opt/venv/bin/pip uninstall --yes pip
# botocore describes 400 services in 28 MB: keep those that Ovation calls.
ARG AWS_SERVICES="cloudwatch ecs elbv2 secretsmanager sns ssm sts"
RUN cd /opt/venv/lib/python3*/site-packages/botocore/data \
 && mkdir /tmp/kept && mv $AWS_SERVICES /tmp/kept/ \
 && find . -mindepth 1 -maxdepth 1 -type d -exec rm -r {} + \
 && mv /tmp/kept/* .
# Without .pyc files a Lambda burns 1.8 s of CPU at its start instead of 0.5. Unchecked: no source changes here.
RUN python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/venv/lib
COPY handlers /app/handlers
COPY shared /app/shared
COPY migrations /app/migrations
COPY web /app/web
COPY scripts/__init__.py scripts/api_keys.py scripts/check_liveness.py /app/scripts/
# Readable by every user, whatever the umask of the checkout.
RUN python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash /app && chmod -R a+rX /app

FROM ${BASE}
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    UVICORN_HOST=0.0.0.0 \
    UVICORN_PORT=8000
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
# Fargate gives a volume the rights that the directory has in the image only where the image declares it.
VOLUME ["/tmp"]
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python3", "-I", "-S", "/app/scripts/check_liveness.py"]
# Idle connections outlive the load balancer's 60 s, so that it never sends on one that is being closed. The
# application writes its own access log. WEB_CONCURRENCY sets the number of processes: one for each vCPU.
CMD ["uvicorn", "handlers.app:app", "--loop", "uvloop", "--http", "shared.http.protocol:HttpProtocol", \
     "--timeout-keep-alive", "75", "--timeout-graceful-shutdown", "20", \
     "--no-access-log", "--no-proxy-headers", "--no-server-header"]
