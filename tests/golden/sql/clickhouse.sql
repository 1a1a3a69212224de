CREATE TABLE IF NOT EXISTS `calls`.`df_transactions` (
    `id` String,
    `fired` Nullable(String),
    `amount` Nullable(Decimal(38, 10)),
    `duration` Nullable(Int64),
    `isHI` Nullable(UInt8),
    `_extra` Nullable(String),
    _version UInt64,
    _hash UInt64,
    _month UInt32,
    _deleted UInt8
) ENGINE = ReplacingMergeTree(_version) PARTITION BY _month ORDER BY `id` SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS `calls`.`df_transactions` (
    `id` String,
    `fired` Nullable(DateTime64(6, 'UTC')),
    `amount` Nullable(Decimal(38, 10)),
    `duration` Nullable(Int64),
    `isHI` Nullable(UInt8),
    `_extra` Nullable(String),
    _version UInt64,
    _hash UInt64,
    _month UInt32,
    _deleted UInt8
) ENGINE = ReplacingMergeTree(_version) PARTITION BY _month ORDER BY `id` SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `my \`db\``.`x'; DROP TABLE y; --\\` (
    `a\`b` String,
    `back\\slash` Nullable(String),
    _version UInt64,
    _hash UInt64,
    _month UInt32,
    _deleted UInt8
) ENGINE = ReplacingMergeTree(_version) ORDER BY (`a\`b`, `line\nbreak`) SETTINGS index_granularity = 1024;

CREATE TABLE IF NOT EXISTS `calls`.`df_contacts_local` ON CLUSTER `two\`s` (
    `id` String,
    `fired` Nullable(DateTime64(6, 'UTC')),
    `amount` Nullable(Decimal(38, 10)),
    `duration` Nullable(Int64),
    `isHI` Nullable(UInt8),
    `_extra` Nullable(String),
    _version UInt64,
    _hash UInt64,
    _month UInt32,
    _deleted UInt8
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/calls/df_contacts_local', '{replica}', _version) PARTITION BY _month ORDER BY `id` SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS `calls`.`df_contacts` ON CLUSTER `two\`s` AS `calls`.`df_contacts_local` ENGINE = Distributed(`two\`s`, `calls`, `df_contacts_local`, sipHash64(`id`));

CREATE TABLE IF NOT EXISTS `calls`.`df_contacts` ON CLUSTER `two\`s` AS `calls`.`df_contacts_local` ENGINE = Distributed(`two\`s`, `calls`, `df_contacts_local`, sipHash64(`a\`b`, `line\nbreak`));

ALTER TABLE `calls`.`df_transactions` ADD COLUMN `a\`b` String, ADD COLUMN `back\\slash` Nullable(String);

ALTER TABLE `calls`.`df_contacts_local` ON CLUSTER `two\`s` ADD COLUMN `a\`b` String, ADD COLUMN `back\\slash` Nullable(String);

ALTER TABLE `calls`.`df_contacts` ON CLUSTER `two\`s` ADD COLUMN `a\`b` String, ADD COLUMN `back\\slash` Nullable(String);

ALTER TABLE `my \`db\``.`x'; DROP TABLE y; --\\` MODIFY COLUMN `back\\slash` Nullable(String);

ALTER TABLE `calls`.`df_contacts_local` ON CLUSTER `two\`s` MODIFY COLUMN `back\\slash` Nullable(String);

CREATE VIEW IF NOT EXISTS `calls`.`df_transactions_current` AS SELECT `name`, `of the user` FROM `calls`.`df_transactions` FINAL WHERE _deleted = 0;

CREATE OR REPLACE VIEW `calls`.`df_contacts_current` ON CLUSTER `two\`s` AS SELECT `name`, `of the user` FROM `calls`.`df_contacts` FINAL WHERE _deleted = 0;

DROP TABLE IF EXISTS `calls`.`df_transactions_current`;

DROP TABLE IF EXISTS `calls`.`df_contacts_current` ON CLUSTER `two\`s`;

DROP TABLE IF EXISTS `my \`db\``.`x'; DROP TABLE y; --\\`;

INSERT INTO `calls`.`df_transactions` (`name`, `of the user`) FORMAT TabSeparated;

CREATE VIEW IF NOT EXISTS `calls`.`wide` AS SELECT `ringtail_839c2d33046cc4ab_0` AS `Сайт`, `ringtail_839c2d33046cc4ab_1` AS `n`, `ringtail_839c2d33046cc4ab_2` AS `День` FROM (SELECT `ringtail_839c2d33046cc4ab_1`, `ringtail_839c2d33046cc4ab_2`, `ringtail_839c2d33046cc4ab_0` FROM (SELECT `ringtail_839c2d33046cc4ab_1`, `ringtail_839c2d33046cc4ab_2`, `ringtail_839c2d33046cc4ab_join_1` FROM (SELECT `n` AS `ringtail_839c2d33046cc4ab_1`, toNullable(`dates_id`) AS `ringtail_839c2d33046cc4ab_join_0`, toNullable(`sites_id`) AS `ringtail_839c2d33046cc4ab_join_1` FROM `calls`.`facts_current`) ANY LEFT JOIN (SELECT toNullable(`id`) AS `ringtail_839c2d33046cc4ab_join_0`, toNullable(`label`) AS `ringtail_839c2d33046cc4ab_2` FROM `calls`.`dates_current`) USING `ringtail_839c2d33046cc4ab_join_0`) ANY LEFT JOIN (SELECT toNullable(`id`) AS `ringtail_839c2d33046cc4ab_join_1`, toNullable(`domain`) AS `ringtail_839c2d33046cc4ab_0` FROM `calls`.`sites_current`) USING `ringtail_839c2d33046cc4ab_join_1`);

CREATE OR REPLACE VIEW `calls`.`wide` ON CLUSTER `both` AS SELECT `ringtail_839c2d33046cc4ab_0` AS `Сайт`, `ringtail_839c2d33046cc4ab_1` AS `n`, `ringtail_839c2d33046cc4ab_2` AS `День` FROM (SELECT `ringtail_839c2d33046cc4ab_1`, `ringtail_839c2d33046cc4ab_2`, `ringtail_839c2d33046cc4ab_0` FROM (SELECT `ringtail_839c2d33046cc4ab_1`, `ringtail_839c2d33046cc4ab_2`, `ringtail_839c2d33046cc4ab_join_1` FROM (SELECT `n` AS `ringtail_839c2d33046cc4ab_1`, toNullable(`dates_id`) AS `ringtail_839c2d33046cc4ab_join_0`, toNullable(`sites_id`) AS `ringtail_839c2d33046cc4ab_join_1` FROM `calls`.`facts_current`) ANY LEFT JOIN (SELECT toNullable(`id`) AS `ringtail_839c2d33046cc4ab_join_0`, toNullable(`label`) AS `ringtail_839c2d33046cc4ab_2` FROM `calls`.`dates_current`) USING `ringtail_839c2d33046cc4ab_join_0`) ANY LEFT JOIN (SELECT toNullable(`id`) AS `ringtail_839c2d33046cc4ab_join_1`, toNullable(`domain`) AS `ringtail_839c2d33046cc4ab_0` FROM `calls`.`sites_current`) USING `ringtail_839c2d33046cc4ab_join_1`);

k1 String;

k1 String, k2 Int64;

SELECT `id`, argMax(_hash, _version), argMax(_month, _version), argMax(_deleted, _version), max(_version) FROM `calls`.`df_transactions` WHERE `id` IN ringtail_keys GROUP BY `id` FORMAT TabSeparated;

SELECT `a\`b`, `line\nbreak`, argMax(_hash, _version), argMax(_month, _version), argMax(_deleted, _version), max(_version) FROM `my \`db\``.`x'; DROP TABLE y; --\\` WHERE (`a\`b`, `line\nbreak`) IN ringtail_keys GROUP BY `a\`b`, `line\nbreak` FORMAT TabSeparated;

SELECT `id`, argMax(ifNull(toString(`$md5`), ''), _version) FROM `calls`.`df_transactions` WHERE `id` IN ringtail_keys GROUP BY `id` HAVING argMax(_deleted, _version) = 0 FORMAT TabSeparated;

SELECT `a\`b`, `line\nbreak`, argMax('', _version) FROM `my \`db\``.`x'; DROP TABLE y; --\\` WHERE (`a\`b`, `line\nbreak`) IN ringtail_keys GROUP BY `a\`b`, `line\nbreak` HAVING argMax(_deleted, _version) = 0 FORMAT TabSeparated;

SELECT `id`, `name`, `of the user` FROM `calls`.`df_transactions` FINAL WHERE `id` IN ringtail_keys AND _deleted = 0 FORMAT TabSeparated;

SELECT 'it\'s a \\ with\nbreaks and \0';

