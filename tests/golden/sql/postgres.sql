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

CREATE UNIQUE INDEX ON "my ""schema"""."x'; DROP TABLE y; --" ("a""b", "select");

ALTER TABLE "public"."df_calls" ADD FOREIGN KEY ("contact_id") REFERENCES "public"."df_contacts" ("$id") ON DELETE CASCADE;

CREATE TEMPORARY TABLE "ringtail_stage_1" ON COMMIT DELETE ROWS AS SELECT "a""b", "select" FROM "my ""schema"""."x'; DROP TABLE y; --" WITH NO DATA;

COPY "ringtail_stage_1" ("a""b", "select") FROM STDIN;

COPY "ringtail_stage_1" ("a""b", "select") FROM STDIN WITH (FORMAT binary);

SELECT k.place FROM unnest($1::text[]) WITH ORDINALITY AS k (k1, place) WHERE EXISTS (SELECT FROM "public"."df_contacts" AS t WHERE t."$id" = CAST(k.k1 AS text));

SELECT k.place FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (k1, k2, place) WHERE EXISTS (SELECT FROM "my ""schema"""."x'; DROP TABLE y; --" AS t WHERE t."a""b" = CAST(k.k1 AS character varying) AND t."select" = CAST(k.k2 AS citext));

SELECT k.place FROM unnest($1::bigint[]) WITH ORDINALITY AS k (k1, place) WHERE EXISTS (SELECT FROM "public"."df_contacts" AS t WHERE t."id" = CAST(k.k1 AS bigint));

UPDATE "public"."df_contacts" AS t
SET "amount" = s."amount", "_extra" = s."_extra", "$changed" = CAST($1 AS timestamp with time zone)
FROM "stage" AS s
WHERE t."$id" = s."$id"
AND ROW(t."amount", t."_extra"::text COLLATE "C") IS DISTINCT FROM ROW(s."amount", s."_extra"::text COLLATE "C");

UPDATE "my ""schema"""."x'; DROP TABLE y; --" AS t
SET "select" = s."select"
FROM "stage" AS s
WHERE t."a""b" = s."a""b"
AND ROW(t."select"::text COLLATE "C") IS DISTINCT FROM ROW(s."select"::text COLLATE "C");

DELETE FROM "my ""schema"""."x'; DROP TABLE y; --" WHERE "a""b" = ANY (CAST($1 AS character varying[]));

DELETE FROM "public"."df_contacts" WHERE "$id" = ANY (CAST($1 AS bigint[]));

DELETE FROM "public"."df_contacts" WHERE "$id" = ANY (CAST($1 AS bpchar[]));

DELETE FROM "public"."df_contacts" WHERE "$id" = ANY (CAST($1 AS timestamp with time zone[]));

SELECT "$id"::text, "$md5"::text FROM "public"."df_contacts" WHERE "$id" = ANY (CAST($1 AS text[]));

SELECT "$id"::text, NULL::text FROM "public"."df_contacts" WHERE "$id" = ANY (CAST($1 AS text[]));

SELECT "a""b"::text || chr(31) || "select"::text, "f"::text FROM "my ""schema"""."x'; DROP TABLE y; --" WHERE "a""b"::text || chr(31) || "select"::text = ANY (CAST($1 AS text[]));

