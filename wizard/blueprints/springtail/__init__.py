"""Springtail: a PostgreSQL read-replica system (ingestion, proxy and foreign-data-wrapper nodes over one shard)."""
