#include <array>

#include "control/migrations.hpp"

namespace ringtail::control {
namespace {

// Sealed columns and hashes are blobs. `served`: when the source's last run gave its place back.
constexpr const char* kControl1 = R"sql(
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE destinations (
  number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
  url BLOB NOT NULL, shown TEXT NOT NULL, created INTEGER NOT NULL) STRICT;

CREATE TABLE sources (
  number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('callkeeper', 'dialfire')),
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  secret BLOB NOT NULL, last4 TEXT NOT NULL,
  destination INTEGER NOT NULL REFERENCES destinations,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  status TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',
  hook_token BLOB NOT NULL, hook_hash BLOB NOT NULL UNIQUE,
  old_hook_token BLOB, old_hook_hash BLOB UNIQUE, old_hook_until INTEGER,
  served INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL,
  CHECK ((old_hook_token IS NULL) = (old_hook_hash IS NULL)
     AND (old_hook_token IS NULL) = (old_hook_until IS NULL))) STRICT;
CREATE INDEX "sources|destination" ON sources (destination);

CREATE TABLE jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE, name TEXT NOT NULL,
  kind TEXT NOT NULL
    CHECK (kind IN ('load', 'hooks', 'history', 'report', 'reconcile', 'prune')),
  settings TEXT NOT NULL CHECK (json_valid(settings)), schedule TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  last_days INTEGER CHECK (last_days > 0), next_due INTEGER, created INTEGER NOT NULL,
  UNIQUE (source, name)) STRICT;
CREATE INDEX "jobs|due" ON jobs (next_due) WHERE enabled = 1;

CREATE TABLE runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE,
  job INTEGER REFERENCES jobs ON DELETE CASCADE,
  kind TEXT NOT NULL
    CHECK (kind IN ('load', 'hooks', 'history', 'report', 'reconcile', 'prune', 'received')),
  state TEXT NOT NULL CHECK
    (state IN ('queued', 'running', 'paused', 'done', 'failed', 'cancelled', 'crashed')),
  attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt > 0),
  crashes INTEGER NOT NULL DEFAULT 0, claim INTEGER NOT NULL DEFAULT 0,
  owner TEXT NOT NULL DEFAULT '', queued INTEGER NOT NULL, not_before INTEGER NOT NULL,
  started INTEGER, beat INTEGER, ended INTEGER, period_from INTEGER, period_to INTEGER,
  added INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0, requests INTEGER NOT NULL DEFAULT 0,
  progress TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(progress)),
  message TEXT NOT NULL DEFAULT '', hint TEXT NOT NULL DEFAULT '',
  cancel_wanted INTEGER NOT NULL DEFAULT 0 CHECK (cancel_wanted IN (0, 1)),
  pause_wanted INTEGER NOT NULL DEFAULT 0 CHECK (pause_wanted IN (0, 1)),
  CHECK ((kind = 'received') = (job IS NULL)),
  CHECK (kind <> 'received' OR state = 'done'),
  CHECK ((ended IS NOT NULL) = (state IN ('done', 'failed', 'cancelled'))),
  CHECK (state <> 'running' OR
         (started IS NOT NULL AND beat IS NOT NULL AND claim > 0 AND owner <> ''))) STRICT;
CREATE UNIQUE INDEX "runs|one open per job" ON runs (job)
  WHERE state IN ('queued', 'running', 'paused', 'crashed');
CREATE UNIQUE INDEX "runs|one running per source" ON runs (source) WHERE state = 'running';
CREATE INDEX "runs|queued" ON runs (source) WHERE state = 'queued';
CREATE INDEX "runs|job" ON runs (job, number);
CREATE INDEX "runs|source" ON runs (source, number);

CREATE TRIGGER "runs|transitions" BEFORE UPDATE OF state ON runs
WHEN NEW.state <> OLD.state AND OLD.state || ' ' || NEW.state NOT IN (
  'queued running', 'queued paused', 'queued cancelled',
  'running done', 'running failed', 'running cancelled', 'running paused', 'running queued',
  'running crashed', 'paused queued', 'paused cancelled',
  'crashed queued', 'crashed paused', 'crashed cancelled')
BEGIN
  SELECT RAISE(ABORT, 'a run cannot go from this state to that');
END;

CREATE TABLE row_days (
  source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE, day TEXT NOT NULL,
  table_name TEXT NOT NULL, added INTEGER NOT NULL, updated INTEGER NOT NULL,
  deleted INTEGER NOT NULL, unchanged INTEGER NOT NULL, rejected INTEGER NOT NULL,
  PRIMARY KEY (source, day, table_name)) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
  number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'manage')), hash BLOB NOT NULL UNIQUE,
  last4 TEXT NOT NULL, created INTEGER NOT NULL, last_used INTEGER, revoked INTEGER) STRICT;
)sql";

// Before which time rows are not to be loaded again.
constexpr const char* kControl2 = R"sql(
CREATE TABLE floors (
  source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE, table_name TEXT NOT NULL,
  floor INTEGER NOT NULL, PRIMARY KEY (source, table_name)) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* kInbox1 = R"sql(
CREATE TABLE hooks (
  number INTEGER PRIMARY KEY AUTOINCREMENT, source INTEGER NOT NULL, received INTEGER NOT NULL,
  content_type TEXT NOT NULL, query BLOB NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX "hooks|source" ON hooks (source);
CREATE TABLE hook_counts (
  source INTEGER PRIMARY KEY, hooks INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
CREATE TABLE hook_rejects (
  number INTEGER PRIMARY KEY AUTOINCREMENT, source INTEGER NOT NULL, received INTEGER NOT NULL,
  content_type TEXT NOT NULL, query BLOB NOT NULL, body BLOB NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE INDEX "hook_rejects|source" ON hook_rejects (source);
)sql";

constexpr std::array kControl{kControl1, kControl2};
constexpr std::array kInbox{kInbox1};

}  // namespace

std::span<const char* const> control_migrations() { return kControl; }
std::span<const char* const> inbox_migrations() { return kInbox; }

}  // namespace ringtail::control
