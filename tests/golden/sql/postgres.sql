CREATE TABLE "public"."df_contacts" (
    "$id" text,
    "amount" numeric,
    "_extra" json,
    "$changed" timestamp with time zone,
    PRIMARY KEY ("$id")
);

CREATE TABLE "my ""schema"""."x'; DROP TABLE y; --" (
    "a""b" character varying(50),
    "select" citext,
    PRIMARY KEY ("a""b", "select")
);

ALTER TABLE "my ""schema"""."x'; DROP TABLE y; --" ADD COLUMN "a""b" character varying(50);

ALTER TABLE "public"."df_contacts" ALTER COLUMN "amount" TYPE numeric;

CREATE INDEX ON "my ""schema"""."x'; DROP TABLE y; --" ("a""b");

ALTER TABLE "public"."df_calls" ADD FOREIGN KEY ("contact_id") REFERENCES "public"."df_contacts" ("$id") ON DELETE CASCADE;

CREATE TEMPORARY TABLE "ringtail_stage_1" ON COMMIT DELETE ROWS AS SELECT "a""b", "select" FROM "my ""schema"""."x'; DROP TABLE y; --" WITH NO DATA;

COPY "ringtail_stage_1" ("a""b", "select") FROM STDIN;

WITH merged AS (
INSERT INTO "public"."df_contacts" AS t ("$id", "amount", "_extra", "$changed")
SELECT s."$id", s."amount", s."_extra", CAST($1 AS timestamp with time zone) FROM "stage" AS s
ON CONFLICT ("$id") DO UPDATE SET "amount" = EXCLUDED."amount", "_extra" = EXCLUDED."_extra", "$changed" = EXCLUDED."$changed"
WHERE ROW(t."amount", t."_extra"::text COLLATE "C") IS DISTINCT FROM ROW(EXCLUDED."amount", EXCLUDED."_extra"::text COLLATE "C")
RETURNING (xmax = 0) AS fresh)
SELECT count(*) FILTER (WHERE fresh), count(*) FROM merged;

WITH merged AS (
INSERT INTO "my ""schema"""."x'; DROP TABLE y; --" AS t ("a""b", "select")
SELECT s."a""b", s."select" FROM "stage" AS s
ON CONFLICT ("a""b") DO UPDATE SET "select" = EXCLUDED."select"
WHERE ROW(t."select"::text COLLATE "C") IS DISTINCT FROM ROW(EXCLUDED."select"::text COLLATE "C")
RETURNING (xmax = 0) AS fresh)
SELECT count(*) FILTER (WHERE fresh), count(*) FROM merged;

WITH merged AS (
INSERT INTO "my ""schema"""."x'; DROP TABLE y; --" AS t ("a""b", "select", "$changed")
SELECT s."a""b", s."select", CAST($1 AS timestamp with time zone) FROM "stage" AS s
ON CONFLICT ("a""b", "select") DO NOTHING
RETURNING (xmax = 0) AS fresh)
SELECT count(*) FILTER (WHERE fresh), count(*) FROM merged;

DELETE FROM "my ""schema"""."x'; DROP TABLE y; --" WHERE "a""b" = ANY (CAST($1 AS text[]));

DELETE FROM "public"."df_contacts" WHERE "$id" = ANY (CAST($1 AS bigint[]));

SELECT "$id"::text, "$md5"::text FROM "public"."df_contacts" WHERE "$id" = ANY (CAST($1 AS text[]));

SELECT "$id"::text, NULL::text FROM "public"."df_contacts" WHERE "$id" = ANY (CAST($1 AS text[]));

SELECT "a""b"::text || chr(31) || "select"::text, "f"::text FROM "my ""schema"""."x'; DROP TABLE y; --" WHERE "a""b"::text || chr(31) || "select"::text = ANY (CAST($1 AS text[]));

