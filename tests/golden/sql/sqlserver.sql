CREATE TABLE [dbo].[df_contacts] (
    [$id] nvarchar(450) COLLATE Latin1_General_BIN2 NOT NULL,
    [name] nvarchar(max) NULL,
    [amount] decimal(38,10) NULL,
    [count] bigint NULL,
    [active] bit NULL,
    [seen] datetime2(3) NULL,
    [_extra] nvarchar(max) NULL,
    [$changed] datetime2(3) NULL,
    CONSTRAINT [ringtail_dcd0ced9a0921500] PRIMARY KEY ([$id])
);

CREATE TABLE [my schema].[x'; DROP TABLE y; --] (
    "a]""b" nvarchar(450) COLLATE Latin1_General_BIN2 NOT NULL,
    [select] nvarchar(1) COLLATE SQL_Latin1_General_CP1_CI_AS NULL,
    CONSTRAINT [ringtail_6e7f5b66cc6fa92e] PRIMARY KEY ("a]""b")
);

ALTER TABLE [my schema].[x'; DROP TABLE y; --] ADD [name] nvarchar(max) NULL;

ALTER TABLE [dbo].[df_contacts] ALTER COLUMN [select] nvarchar(max) COLLATE SQL_Latin1_General_CP1_CI_AS;

ALTER TABLE [dbo].[df_contacts] ALTER COLUMN [$id] nvarchar(450) COLLATE SQL_Latin1_General_CP1_CI_AS NOT NULL;

CREATE INDEX [ringtail_c01ff9e169ba4810] ON [my schema].[x'; DROP TABLE y; --] ("a]b");

CREATE UNIQUE INDEX [ringtail_6165d8aebd9146ce] ON [my schema].[x'; DROP TABLE y; --] ("a]b", [id]) WHERE "a]b" IS NOT NULL AND [id] IS NOT NULL;

CREATE VIEW [my schema].[x'; DROP TABLE y; --] AS SELECT 1 AS [Дата];

CREATE VIEW [my schema].[x'; DROP TABLE y; --] AS SELECT 1 AS [Дата];

ALTER VIEW [my schema].[x'; DROP TABLE y; --] AS SELECT 1 AS [Дата];

DROP VIEW [my schema].[x'; DROP TABLE y; --];

CREATE VIEW [my schema].[x'; DROP TABLE y; --] AS SELECT 1 AS [Дата];

ALTER TABLE [dbo].[df_calls] ADD FOREIGN KEY ([contact_id]) REFERENCES [dbo].[df_contacts] ([$id]) ON DELETE CASCADE;

IF OBJECT_ID(N'tempdb..#stage') IS NOT NULL DROP TABLE #stage;

SELECT TOP 0 [$id], "a]b", [select] INTO #stage FROM [my schema].[x'; DROP TABLE y; --];

DECLARE @rows nvarchar(max) = ?;
INSERT INTO #stage ([$id], [name], [amount], [count], [active], [seen], [_extra])
SELECT c0, c1, CAST(c2 AS decimal(38,10)), CAST(c3 AS bigint), CAST(c4 AS bit), CAST(c5 AS datetime2(3)), c6
FROM OPENJSON(@rows) WITH (c0 nvarchar(max) '$.c0', c1 nvarchar(max) '$.c1', c2 nvarchar(max) '$.c2', c3 nvarchar(max) '$.c3', c4 nvarchar(max) '$.c4', c5 nvarchar(max) '$.c5', c6 nvarchar(max) '$.c6');

DECLARE @rows nvarchar(max) = ?;
INSERT INTO #stage ([$id], "a]b", [select])
SELECT c0, c1, c2
FROM OPENJSON(@rows) WITH (c0 nvarchar(max) '$.c0', c1 nvarchar(max) '$.c1', c2 nvarchar(max) '$.c2');

DECLARE @rows nvarchar(max) = ?;
INSERT INTO #stage ([$id], [name], [amount], [count], [active], [seen], [_extra])
SELECT j0.c0, j0.c1, CAST(j0.c2 AS decimal(38,10)), CAST(j1.c3 AS bigint), CAST(j1.c4 AS bit), CAST(j1.c5 AS datetime2(3)), j2.c6
FROM OPENJSON(@rows) WITH (n int '$.n', c0 nvarchar(max) '$.c0', c1 nvarchar(max) '$.c1', c2 nvarchar(max) '$.c2') AS j0
JOIN OPENJSON(@rows) WITH (n int '$.n', c3 nvarchar(max) '$.c3', c4 nvarchar(max) '$.c4', c5 nvarchar(max) '$.c5') AS j1 ON j1.n = j0.n
JOIN OPENJSON(@rows) WITH (n int '$.n', c6 nvarchar(max) '$.c6') AS j2 ON j2.n = j0.n;

INSERT INTO #stage ([$id], [name], [amount], [count], [active], [seen], [_extra]) VALUES (CAST(N'' AS nvarchar(max)) + N'O''Neil\' + N'
second\line', NULL);

DECLARE @rows nvarchar(max) = ?;
SELECT c0, c1
FROM OPENJSON(@rows) WITH (c0 nvarchar(max) '$.c0', c1 nvarchar(max) '$.c1')
ORDER BY c1;

DECLARE @rows nvarchar(max) = ?;
SELECT j0.c0, j1.c1
FROM OPENJSON(@rows) WITH (n int '$.n', c0 nvarchar(max) '$.c0') AS j0
JOIN OPENJSON(@rows) WITH (n int '$.n', c1 nvarchar(max) '$.c1') AS j1 ON j1.n = j0.n
ORDER BY j1.c1;

UPDATE t SET [name] = s.[name], [amount] = s.[amount], [count] = s.[count], [active] = s.[active], [seen] = s.[seen], [_extra] = s.[_extra], [$changed] = CAST(? AS datetime2(3))
FROM [dbo].[df_contacts] AS t JOIN #stage AS s ON s.[$id] = t.[$id]
WHERE EXISTS (SELECT (CAST(s.[name] AS nvarchar(max)) + N'.') COLLATE Latin1_General_BIN2, s.[amount], s.[count], s.[active], s.[seen], (CAST(s.[_extra] AS nvarchar(max)) + N'.') COLLATE Latin1_General_BIN2 EXCEPT SELECT (CAST(t.[name] AS nvarchar(max)) + N'.') COLLATE Latin1_General_BIN2, t.[amount], t.[count], t.[active], t.[seen], (CAST(t.[_extra] AS nvarchar(max)) + N'.') COLLATE Latin1_General_BIN2);

UPDATE t SET "a]b" = s."a]b", [select] = s.[select], [$changed] = CAST(? AS nvarchar(50))
FROM [my schema].[x'; DROP TABLE y; --] AS t JOIN #stage AS s ON s.[$id] = t.[$id] AND s.[$id] COLLATE Latin1_General_BIN2 = t.[$id] COLLATE Latin1_General_BIN2
WHERE EXISTS (SELECT (CAST(s."a]b" AS nvarchar(max)) + N'.') COLLATE Latin1_General_BIN2, (CAST(s.[select] AS nvarchar(max)) + N'.') COLLATE Latin1_General_BIN2 EXCEPT SELECT (CAST(t."a]b" AS nvarchar(max)) + N'.') COLLATE Latin1_General_BIN2, (CAST(t.[select] AS nvarchar(max)) + N'.') COLLATE Latin1_General_BIN2);

INSERT INTO [dbo].[df_contacts] ([$id], [name], [amount], [count], [active], [seen], [_extra], [$changed])
SELECT s.[$id], s.[name], s.[amount], s.[count], s.[active], s.[seen], s.[_extra], CAST(? AS datetime2(3))
FROM #stage AS s
WHERE NOT EXISTS (SELECT 1 FROM [dbo].[df_contacts] AS t WHERE t.[$id] = s.[$id]);

INSERT INTO [my schema].[x'; DROP TABLE y; --] ([$id], "a]b", [select], [$changed])
SELECT s.[$id], s."a]b", s.[select], CAST(? AS nvarchar(50))
FROM #stage AS s
WHERE NOT EXISTS (SELECT 1 FROM [my schema].[x'; DROP TABLE y; --] AS t WHERE t.[$id] = s.[$id] AND t.[$id] COLLATE Latin1_General_BIN2 = s.[$id] COLLATE Latin1_General_BIN2);

INSERT INTO [dbo].[df_contacts] ([$id], [$changed])
SELECT s.[$id], CAST(? AS datetime2(3))
FROM #stage AS s
WHERE NOT EXISTS (SELECT 1 FROM [dbo].[df_contacts] AS t WHERE t.[$id] = s.[$id]);

SELECT s.[$id] FROM #stage AS s JOIN [my schema].[x'; DROP TABLE y; --] AS o ON o.[$id] = s.[$id] WHERE o.[$id] COLLATE Latin1_General_BIN2 <> s.[$id] COLLATE Latin1_General_BIN2
UNION ALL
SELECT s.[$id] FROM #stage AS s JOIN #stage AS o ON o.[$id] = s.[$id] WHERE o.[$id] COLLATE Latin1_General_BIN2 < s.[$id] COLLATE Latin1_General_BIN2 AND NOT EXISTS (SELECT 1 FROM [my schema].[x'; DROP TABLE y; --] AS t WHERE t.[$id] = s.[$id] AND t.[$id] COLLATE Latin1_General_BIN2 = s.[$id] COLLATE Latin1_General_BIN2);

IF OBJECT_ID(N'[ringtail_checkpoints]') IS NULL CREATE TABLE [ringtail_checkpoints] ([stream] nvarchar(450) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY, [checkpoint] nvarchar(max) NULL, [holder] nvarchar(450) COLLATE Latin1_General_BIN2 NULL, [lease_until] datetime2(6) NULL, [updated_at] datetime2(6) NULL);

IF OBJECT_ID(N'[ringtail_rejects]') IS NULL CREATE TABLE [ringtail_rejects] ([table_name] nvarchar(max) NOT NULL, [row_key] nvarchar(max) NOT NULL, [column_name] nvarchar(max) NOT NULL, [raw] nvarchar(max) NOT NULL, [reason] nvarchar(max) NOT NULL, [rejected_at] datetime2(6) NOT NULL, [digest] nvarchar(32) COLLATE Latin1_General_BIN2 NOT NULL PRIMARY KEY);

IF OBJECT_ID(N'[ringtail_rechecks]') IS NULL CREATE TABLE [ringtail_rechecks] ([stream] nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL, [key] nvarchar(250) COLLATE Latin1_General_BIN2 NOT NULL, [step] int NOT NULL, [due] datetime2(6) NOT NULL, PRIMARY KEY ([stream], [key]));

