"""The migration that this code needs. A test holds it equal to the newest one."""

SCHEMA_REVISION = "0011"
