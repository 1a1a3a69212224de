PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO settings VALUES('keep_days','90');
INSERT INTO settings VALUES('secret.check','012700abe20189f7e602183b6b80cb5995dd07a28badee2bf26e9f4175c65ceb168e0ddf5e550f1edd584a39459e624b28');
CREATE TABLE destinations (
  number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
  url BLOB NOT NULL, shown TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
INSERT INTO destinations VALUES(1,'main',X'014063bd2a81720f869f4f3134b16c223fe258ce88329b01fd6e14f65c2f46e6812e12c5ec298767dd4b68d7421981594b95b886dbd44e61cc79ec','postgres://u:***@h/d',1709596800000000);
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
INSERT INTO sources VALUES(1,'shop','callkeeper','{"zone":"Europe/Moscow"}',X'016c678b070cfbfd2a5431681f9d4e84d507365b26fe5c8155d4f696588876e55bd71e5cffd019f4ef28c1605d60b11f0852fbc1ef9a217fc02ed09b','shop',1,1,'','',X'010cc949c4e4608b22937f4efbf40b3c506deb9c2aeddc893cf8a2f4edab1035cba94d6ba7d48c0225b42367dd2333ecf5a0c5a9563155937435c0932754c84d6bed9f8a7d396490e5d0954fece7173166365281',X'46108538e63043fd903d01d48f5f71408d7b013b7a98f71b91f2deb2aae9e5c5',X'0141939eeaf222268ca1b66e04a7466847a40c2a4dea94694686ead7848278c3d1383b829ed27fc49db081797af699509738217438851deed9112d39e9fae440d42c730238dbd1f3defa3a58e667372a66b8dc9b',X'519eef13d323d97e8718f20205219ba4debdc5859ff8f70ab344d21fa14dfae3',1709683201000000,1709596803000000,1709596800000000);
CREATE TABLE jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE, name TEXT NOT NULL,
  kind TEXT NOT NULL
    CHECK (kind IN ('load', 'hooks', 'history', 'report', 'reconcile', 'prune')),
  settings TEXT NOT NULL CHECK (json_valid(settings)), schedule TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  last_days INTEGER CHECK (last_days > 0), next_due INTEGER, created INTEGER NOT NULL,
  UNIQUE (source, name)) STRICT;
INSERT INTO jobs VALUES(1,1,'load','load','{}','every 15m',1,3,1709597700000000,1709596800000000);
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
INSERT INTO runs VALUES(1,1,1,'load','done',1,0,1,'somebody',1709596801000000,1709596801000000,1709596802000000,1709596803000000,1709596803000000,NULL,NULL,5,0,0,0,0,0,'{}','done','',0,0);
INSERT INTO runs VALUES(2,1,1,'load','running',1,0,1,'somebody',1709596804000000,1709596804000000,1709596805000000,1709596805000000,NULL,NULL,NULL,0,0,0,0,0,0,'{}','','',0,0);
INSERT INTO runs VALUES(3,1,NULL,'received','done',1,0,0,'',1709596806000000,1709596806000000,1709596806000000,NULL,1709596807000000,1709596806000000,1709596807000000,0,0,0,0,0,2,'{}','','',0,0);
CREATE TABLE row_days (
  source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE, day TEXT NOT NULL,
  table_name TEXT NOT NULL, added INTEGER NOT NULL, updated INTEGER NOT NULL,
  deleted INTEGER NOT NULL, unchanged INTEGER NOT NULL, rejected INTEGER NOT NULL,
  PRIMARY KEY (source, day, table_name)) STRICT, WITHOUT ROWID;
INSERT INTO row_days VALUES(1,'2024-03-05','callkeeper_calls',5,0,0,0,0);
CREATE TABLE api_keys (
  number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'manage')), hash BLOB NOT NULL UNIQUE,
  last4 TEXT NOT NULL, created INTEGER NOT NULL, last_used INTEGER, revoked INTEGER) STRICT;
INSERT INTO api_keys VALUES(1,'grafana','read',X'85fa3cbf685c2885ea8632c479cad74b7b663cacfdf42db815d536327f74849d','zd6w',1709596800000000,NULL,NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('destinations',1);
INSERT INTO sqlite_sequence VALUES('sources',1);
INSERT INTO sqlite_sequence VALUES('jobs',1);
INSERT INTO sqlite_sequence VALUES('runs',3);
INSERT INTO sqlite_sequence VALUES('api_keys',1);
CREATE INDEX "sources|destination" ON sources (destination);
CREATE INDEX "jobs|due" ON jobs (next_due) WHERE enabled = 1;
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
CREATE TABLE floors (
  source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE, table_name TEXT NOT NULL,
  floor INTEGER NOT NULL, PRIMARY KEY (source, table_name)) STRICT, WITHOUT ROWID;
INSERT INTO floors VALUES(1,'callkeeper_calls',1704067200000000);
COMMIT;
PRAGMA user_version=2;
