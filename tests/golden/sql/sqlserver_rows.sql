-- all rows; one column is not there, one is shown in UTC
SELECT t.[id], t.[at], CAST(t.[zoned] AT TIME ZONE N'UTC' AS datetime2(6)), t."name]", NULL FROM [dbo].[calls] t WHERE 1 = 1;

-- a span of time in at
SELECT t.[id] FROM [dbo].[calls] t WHERE t.[at] >= ? AND t.[at] < ?
  -- 2024-03-04 23:00:00.000
  -- 2024-03-05 22:59:59.500;

-- a span of time in day
SELECT t.[id] FROM [dbo].[calls] t WHERE t.[day] > ? AND t.[day] <= ?
  -- 2024-03-04
  -- 2024-03-05;

-- a span of time in old
SELECT t.[id] FROM [dbo].[calls] t WHERE t.[old] >= ? AND t.[old] <= ?
  -- 2024-03-04T23:00:00.000
  -- 2024-03-05T22:59:00.000;

-- a span of time in zoned
SELECT t.[id] FROM [dbo].[calls] t WHERE t.[zoned] >= ? AND t.[zoned] < ?
  -- 2024-03-04T23:00:00.000Z
  -- 2024-03-05T22:59:59.500Z;

-- a span of time in as_text
SELECT t.[id] FROM [dbo].[calls] t WHERE t.[as_text] COLLATE Latin1_General_BIN2 >= ? AND t.[as_text] COLLATE Latin1_General_BIN2 < ?
  -- 2024-03-04T23:00:00
  -- 2024-03-05T22:59:59.500;

-- a span of time in a column that is not there
SELECT t.[id] FROM [dbo].[calls] t WHERE 1 = 0;

-- equal
SELECT t.[id] FROM [dbo].[calls] t WHERE t.[account_id] = ? AND (CAST(t."name]" AS nvarchar(max)) + N'.') COLLATE Latin1_General_BIN2 = ? + N'.'
  -- 7
  -- O'Neil;

-- equal to what is no number
SELECT t.[id] FROM [dbo].[calls] t WHERE 1 = 0;

-- rows beside
SELECT t.[id], b.[note], b.[id] FROM [dbo].[calls] t LEFT JOIN [dbo].[facts] b ON b.[id] = (SELECT MIN(c.[id]) FROM [dbo].[facts] c WHERE c.[calls_id] = t.[id]) WHERE 1 = 1;

-- a span of texts
SELECT t.[id], t.[note] FROM [dbo].[facts] t WHERE t.[id] COLLATE Latin1_General_BIN2 >= ? AND t.[id] COLLATE Latin1_General_BIN2 <= ?
  -- c1
  -- c20!;

-- a span of texts that this server orders in its own way
SELECT t.[id], t.[note] FROM [dbo].[facts] t WHERE 1 = 1;

-- count
SELECT COUNT(*) FROM [dbo].[facts] t WHERE (CAST(t.[id] AS nvarchar(max)) + N'.') COLLATE Latin1_General_BIN2 = ? + N'.'
  -- c1;

-- old rows, counted
SELECT COUNT(*) FROM [dbo].[calls] t WHERE t.[account_id] = ? AND t.[at] < ?
  -- -12
  -- 2024-03-05 00:00:00.000;

-- keys of old rows
SELECT t.[id] FROM [dbo].[calls] t WHERE t.[account_id] = ? AND t.[at] < ? ORDER BY t.[id] OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY
  -- -12
  -- 2024-03-05 00:00:00.000;

-- keys of old rows that nothing points at
SELECT t.[id] FROM [dbo].[calls] t WHERE t.[at] < ? AND NOT EXISTS (SELECT 1 FROM [dbo].[facts] c WHERE c.[calls_id] = t.[id]) ORDER BY t.[id] OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY
  -- 2024-03-05 00:00:00.000;

-- what points at them
SELECT [calls_id], [id] FROM [dbo].[facts] WHERE [calls_id] IN (?, ?)
  -- -11
  -- 12;

-- their rejects
DELETE FROM [ringtail_rejects] WHERE [table_name] = ? AND [row_key] IN (?, ?)
  -- calls
  -- -11
  -- 12;

