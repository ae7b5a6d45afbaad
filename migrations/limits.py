"""What a migration may hold up, and for how long."""

# Any number, the same for every migration of Ovation: only one process migrates at a time.
MIGRATION_LOCK = 7_083_061_011
# A change of a table waits behind whoever reads it, and everyone else behind that change.
LOCK_TIMEOUT_MS = 4_000
STATEMENT_TIMEOUT_MS = 120_000
