"""How every variant of the plain page opens its database, and the moment that it calls now."""

NOW = "2026-11-20T00:00:00"
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "cache_size": -8000,
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "temp_store": 2,
    "mmap_size": 64 << 20,
}
