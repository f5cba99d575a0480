-- What Planewright has to know of a PostgreSQL database before it is replicated with Springtail.
--
--   psql -XqAt -d DATABASE -f readiness.sql > readiness-DATABASE.json      once for each database to replicate
--
-- It only reads, in one read-only transaction: settings, replication slots, roles, and the names of those tables that
-- Springtail cannot replicate. No row of any table, no password, no query. The answer is one JSON document; read it
-- before you send it on. Any role that may connect will do; no superuser is needed. PostgreSQL 12 and later, RDS and
-- Aurora included. It is plain SQL: any other client runs it as well (then save the one value that it shows).
--
-- To have a look at one role in particular: PGOPTIONS='-c planewright.role=springtail' psql …; in another client
-- SET planewright.role = 'springtail' first.

BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL search_path = pg_catalog;
SET LOCAL statement_timeout = '60s';

WITH setting AS (
  SELECT name, setting, pending_restart FROM pg_settings
), wanted_role AS (
  SELECT nullif(current_setting('planewright.role', true), '') AS name
), special AS (
  -- Roles that RDS brings; elsewhere they do not exist.
  SELECT (SELECT oid FROM pg_roles WHERE rolname = 'rds_replication') AS rds_replication,
         (SELECT oid FROM pg_roles WHERE rolname = 'rds_superuser') AS rds_superuser
), role AS (
  SELECT r.rolname, r.rolcanlogin, r.rolsuper, r.rolreplication,
         r.oid <> s.rds_replication AND pg_has_role(r.oid, s.rds_replication, 'MEMBER') AS rds_replication,
         r.oid <> s.rds_superuser AND pg_has_role(r.oid, s.rds_superuser, 'MEMBER') AS rds_superuser,
         r.oid <> s.rds_replication
           AND EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid AND m.member = s.rds_replication) AS backwards
  FROM pg_roles r CROSS JOIN special s
  WHERE r.rolname !~ '^(pg_|rds)' OR r.rolname = (SELECT name FROM wanted_role)
), told_role AS (
  SELECT * FROM role
  WHERE rolname = (SELECT name FROM wanted_role) OR rolreplication OR rds_replication OR backwards
  ORDER BY rolname = (SELECT name FROM wanted_role) DESC NULLS LAST, rolname
  LIMIT 100
), here AS (
  -- Through JSON, since the columns differ between versions.
  SELECT d.datname, pg_encoding_to_char(d.encoding) AS encoding, d.datcollate, d.datctype,
         coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') AS provider,
         coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', '') AS locale
  FROM pg_database d WHERE d.datname = current_database()
), own AS (
  -- A partition is as its root is; what an extension brought is not the customer's.
  SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, c.relreplident
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
    AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND NOT EXISTS (
      SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'
    )
), generated AS (
  SELECT o.name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
  FROM own o JOIN pg_attribute a ON a.attrelid = o.oid
  WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> ''
  GROUP BY o.name
), collated AS (
  SELECT o.name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
  FROM own o JOIN pg_attribute a ON a.attrelid = o.oid JOIN pg_collation l ON l.oid = a.attcollation
  WHERE a.attnum > 0 AND NOT a.attisdropped
    AND l.collname NOT IN ('default', 'C', 'POSIX', 'C.UTF-8', 'C.utf8', 'ucs_basic', 'pg_c_utf8')
  GROUP BY o.name
), keyless AS (
  SELECT o.name, CASE o.relreplident WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' WHEN 'n' THEN 'nothing' ELSE 'default' END
         AS identity
  FROM own o
  WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = o.oid AND i.indisprimary)
)
SELECT jsonb_build_object(
  'planewright_readiness', 1,
  'at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'looked_as', current_user,
  'asked_role', (SELECT name FROM wanted_role),
  'not_read', jsonb_build_array('pg_hba.conf'),
  'server', jsonb_build_object(
    'started_at', to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'version_num', current_setting('server_version_num')::int,
    'version', current_setting('server_version'),
    'in_recovery', pg_is_in_recovery(),
    'rds', (SELECT rds_superuser IS NOT NULL FROM special),
    'aurora', EXISTS (SELECT FROM pg_proc WHERE proname = 'aurora_version'),
    'rds_logical_replication', coalesce(current_setting('rds.logical_replication', true), ''),
    'wal_level', current_setting('wal_level'),
    'ssl', current_setting('ssl')::boolean,
    'max_replication_slots', current_setting('max_replication_slots')::int,
    'max_wal_senders', current_setting('max_wal_senders')::int,
    'wal_senders_in_use', (SELECT count(*) FROM pg_stat_replication),
    -- In MB; PostgreSQL 12 has no such limit.
    'max_slot_wal_keep_size_mb', coalesce((SELECT setting::int FROM setting WHERE name = 'max_slot_wal_keep_size'), -1),
    'pending_restart', (SELECT coalesce(jsonb_agg(name ORDER BY name), '[]') FROM setting WHERE pending_restart)
  ),
  'slots', (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'name', slot_name, 'type', slot_type, 'database', coalesce(database, ''), 'active', active
    ) ORDER BY slot_name), '[]') FROM pg_replication_slots WHERE NOT temporary
  ),
  'roles', (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'name', rolname, 'login', rolcanlogin, 'superuser', rolsuper, 'replication', rolreplication,
      'rds_replication', coalesce(rds_replication, false), 'rds_superuser', coalesce(rds_superuser, false),
      'granted_backwards', coalesce(backwards, false)
    ) ORDER BY rolname), '[]') FROM told_role
  ),
  'database', (SELECT jsonb_build_object(
    'name', datname, 'encoding', encoding, 'collate', datcollate, 'ctype', datctype, 'provider', provider, 'locale', locale,
    'tables', (SELECT count(*) FROM own),
    'generated', jsonb_build_object(
      'count', (SELECT count(*) FROM generated),
      'listed', (SELECT coalesce(jsonb_agg(jsonb_build_object('table', name, 'columns', columns) ORDER BY name), '[]')
                 FROM (SELECT * FROM generated ORDER BY name LIMIT 50) few)
    ),
    'collated', jsonb_build_object(
      'count', (SELECT count(*) FROM collated),
      'listed', (SELECT coalesce(jsonb_agg(jsonb_build_object('table', name, 'columns', columns) ORDER BY name), '[]')
                 FROM (SELECT * FROM collated ORDER BY name LIMIT 50) few)
    ),
    'keyless', jsonb_build_object(
      'count', (SELECT count(*) FROM keyless),
      'identified', (SELECT count(*) FROM keyless WHERE identity IN ('full', 'index')),
      'listed', (SELECT coalesce(jsonb_agg(jsonb_build_object('table', name, 'identity', identity) ORDER BY name), '[]')
                 FROM (SELECT * FROM keyless ORDER BY identity IN ('full', 'index'), name LIMIT 50) few)
    )
  ) FROM here)
) AS readiness;

COMMIT;
