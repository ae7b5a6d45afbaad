"""Every knob of a deployment, typed, in one place. Secrets themselves live in `shared.secrets`."""

from functools import lru_cache
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PositiveInt = Annotated[int, Field(gt=0)]


class BadSettings(SystemExit):
    """A value does not fit: what says so on standard error is this one line, and no traceback."""


class Settings(BaseSettings):
    """Read once from the environment; a value that does not fit stops the process at start.

    The name of a field, in capitals, is the name of its environment variable.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    database_url: str = Field(
        default="",
        description="postgresql://… address; empty: built from the secret DATABASE_SECRET_ID",
        repr=False,
    )
    database_secret_id: str = Field(
        default="",
        description="Secrets Manager id of {username, password, host, port, dbname}; "
        "its password wins over DATABASE_URL's",
    )
    database_application_secret_id: str = Field(
        default="",
        description="Secrets Manager id where a migration keeps the login of the application's own "
        "role; empty: it makes none",
    )
    database_proxy: bool = Field(
        default=False,
        description="Connections go through RDS Proxy: no prepared statements, no session SET",
    )
    database_pool_size: PositiveInt = Field(
        default=10,
        description="Connections of one process that read, and as many that write; a Lambda has one",
    )
    database_statement_timeout_ms: PositiveInt = Field(
        default=5_000, description="Longest statement before PostgreSQL cancels it, ms"
    )
    database_lock_timeout_ms: PositiveInt = Field(
        default=2_000, description="Longest wait for a lock before the request is retried, ms"
    )
    signing_keys: str = Field(
        default="",
        description='Participant token keys, {"current": id, "keys": {id: base64}}; '
        "empty: from SIGNING_KEYS_SECRET_ID",
        repr=False,
    )
    signing_keys_secret_id: str = Field(
        default="", description="Secrets Manager id of the participant token keys"
    )
    participant_token_ttl_s: PositiveInt = Field(
        default=86_400, description="Life of a participant token, seconds"
    )
    aws_region: str = Field(default="us-east-1", description="Region of the secrets")
    environment: Literal["local", "dev", "staging", "prod"] = Field(
        default="local", description="Deployment's name, on every log line and metric"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least severe log line that is written"
    )
    metrics_enabled: bool = Field(
        default=False, description="Write CloudWatch EMF metric lines to standard output"
    )
    cors_allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Origins, comma separated, whose pages may call the API"
    )
    trusted_proxy_hops: Annotated[int, Field(ge=0, le=5)] = Field(
        default=0,
        description="Proxies of ours in front: 0 none, 1 load balancer, 2 CloudFront and load balancer",
    )
    max_body_bytes: PositiveInt = Field(
        default=65_536, description="Largest request body, bytes; above it 413"
    )
    participant_writes_per_s: PositiveInt = Field(
        default=10, description="Writes per second of one participant, bursts of twice that"
    )
    participant_reactions_per_s: PositiveInt = Field(
        default=5, description="Requests with reactions per second of one participant"
    )
    address_joins_per_s: PositiveInt = Field(
        default=200, description="Joins per second of one network address (a hall is one address)"
    )
    address_bad_credentials_per_s: PositiveInt = Field(
        default=200, description="Refused credentials per second of one network address"
    )
    tick_interval_ms: PositiveInt = Field(
        default=500, description="Least time between two publications of one event's counts, ms"
    )
    tally_shards: PositiveInt = Field(
        default=16, description="Rows that one counter is spread over, against contention"
    )
    poll_after_ms: PositiveInt = Field(
        default=2_000, description="How long a client is told to wait before its next poll, ms"
    )
    retention_days: Annotated[int, Field(ge=0, le=3_650)] = Field(
        default=0,
        description="Days that a new event is kept after its last change; 0: until erased",
    )
    request_timeout_s: PositiveInt = Field(
        default=25, description="Longest time until an answer begins; then it is 503, s"
    )
    export_timeout_s: PositiveInt = Field(
        default=900, description="Longest export, the client's slowness included, s"
    )
    exports_at_once: PositiveInt = Field(
        default=2, description="Exports that one process makes at the same time; more get 503"
    )
    shutdown_grace_s: PositiveInt = Field(
        default=20, description="Time for requests under way when the process is told to stop, s"
    )

    @field_validator("cors_allowed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(
                origin.strip().rstrip("/") for origin in value.split(",") if origin.strip()
            )
        return value

    @field_validator("cors_allowed_origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            parts = urlsplit(origin)
            if origin != "*" and (
                parts.scheme not in ("http", "https")
                or origin != f"{parts.scheme}://{parts.netloc}"
            ):
                raise ValueError("Each origin should look like https://example.org, without a path")
        return origins


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return this process's settings; raise `BadSettings`, which ends it, when a value does not fit."""
    try:
        return Settings()
    except ValidationError as error:
        # Where and why, never the value: it may be a secret in the wrong variable.
        raise BadSettings("; ".join(map(_complaint, error.errors()))) from None


def _complaint(error: ErrorDetails) -> str:
    name = str(error["loc"][0]).upper()
    return f"{name} does not fit: {error['msg'].removeprefix('Value error, ')}"
