CREATE TABLE `calls`.`df_contacts` (
    `$id` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
    `name` longtext CHARACTER SET utf8mb4,
    `amount` decimal(38,10),
    `count` bigint,
    `active` tinyint(1),
    `$changed` datetime(6),
    `_extra` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT 'json',
    PRIMARY KEY (`$id`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COMMENT = 'Created by Ringtail';

CREATE TABLE `calls`.`df_calls` (
    `a``b` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
    `select` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
    `contact_id` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
    PRIMARY KEY (`a``b`, `select`),
    INDEX (`contact_id`),
    UNIQUE KEY (`contact_id`, `select`),
    FOREIGN KEY (`contact_id`) REFERENCES `calls`.`df_contacts` (`$id`) ON DELETE CASCADE
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COMMENT = 'Created by Ringtail';

ALTER TABLE `calls`.`df_contacts` ADD UNIQUE KEY (`a``b`, `select`);

ALTER TABLE `calls`.`df_contacts` ADD INDEX (`a``b`);

CREATE VIEW `my ``own```.`x'; DROP TABLE y; --` AS SELECT 1 AS `Дата`;

CREATE OR REPLACE VIEW `my ``own```.`x'; DROP TABLE y; --` AS SELECT 1 AS `Дата`;

ALTER TABLE `calls`.`df_contacts` ADD COLUMN `data` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT 'json; Ringtail: not filled yet';

ALTER TABLE `calls`.`df_contacts` MODIFY COLUMN `data` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT 'json';

ALTER TABLE `my ``own```.`x'; DROP TABLE y; --` ADD COLUMN `a``b` longtext CHARACTER SET utf8mb4;

ALTER TABLE `my ``own```.`x'; DROP TABLE y; --` MODIFY COLUMN `a``b` longtext CHARACTER SET utf8mb4;

ALTER TABLE `my ``own```.`x'; DROP TABLE y; --` MODIFY COLUMN `it's` longtext CHARACTER SET utf16 COLLATE utf16_general_ci NOT NULL COMMENT 'it''s';

ALTER TABLE `my ``own```.`x'; DROP TABLE y; --` MODIFY COLUMN `it's` longtext CHARACTER SET utf8mb4 NOT NULL COMMENT 'it''s';

ALTER TABLE `my ``own```.`x'; DROP TABLE y; --` MODIFY COLUMN `it's` varchar(255) CHARACTER SET utf16 COLLATE utf16_general_ci NOT NULL COMMENT 'it''s';

ALTER TABLE `my ``own```.`x'; DROP TABLE y; --` MODIFY COLUMN `it's` varchar(768) CHARACTER SET utf16 COLLATE utf16_general_ci NOT NULL COMMENT 'it''s';

ALTER TABLE `my ``own```.`x'; DROP TABLE y; --` MODIFY COLUMN `it's` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL COMMENT 'it''s';

ALTER TABLE `my ``own```.`x'; DROP TABLE y; --` MODIFY COLUMN `it's` varchar(768) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL COMMENT 'it''s';

ALTER TABLE `my ``own```.`x'; DROP TABLE y; --` MODIFY COLUMN `it's` varchar(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL COMMENT 'it''s';

DROP TEMPORARY TABLE IF EXISTS `stage`;

CREATE TEMPORARY TABLE `stage` ENGINE = Aria TRANSACTIONAL = 0 SELECT `a``b`, `select` FROM `my ``own```.`x'; DROP TABLE y; --` LIMIT 0;

LOAD DATA LOCAL INFILE 'rows' INTO TABLE `calls`.`df_contacts` CHARACTER SET utf8mb4 FIELDS TERMINATED BY 0x09 ESCAPED BY 0x5C LINES TERMINATED BY 0x0A (`$id`, `name`, `amount`) SET `$changed` = '2024-03-05 10:00:00.000';

LOAD DATA LOCAL INFILE 'rows' INTO TABLE `stage` CHARACTER SET utf8mb4 FIELDS TERMINATED BY 0x09 ESCAPED BY 0x5C LINES TERMINATED BY 0x0A (`a``b`, `select`);

INSERT INTO `calls`.`df_contacts` (`$id`, `name`, `amount`, `$changed`) VALUES …;

… ON DUPLICATE KEY UPDATE `$changed` = IF(`name` COLLATE utf8mb4_nopad_bin <=> VALUES(`name`) AND `amount` <=> VALUES(`amount`), `$changed`, VALUES(`$changed`)), `name` = VALUES(`name`), `amount` = VALUES(`amount`);

… ON DUPLICATE KEY UPDATE `a``b` = `a``b`;

UPDATE `stage` AS s STRAIGHT_JOIN `calls`.`df_contacts` AS t ON t.`$id` = s.`$id`
SET t.`name` = s.`name`, t.`amount` = s.`amount`, t.`$changed` = ?
WHERE NOT (t.`name` COLLATE utf8mb4_nopad_bin <=> s.`name` AND t.`amount` <=> s.`amount`);

UPDATE `stage` AS s STRAIGHT_JOIN `my ``own```.`x'; DROP TABLE y; --` AS t ON t.`a``b` = s.`a``b` AND CAST(t.`a``b` AS BINARY) <=> CAST(s.`a``b` AS BINARY)
SET t.`select` = s.`select`
WHERE NOT (t.`select` <=> s.`select`);

CREATE TABLE IF NOT EXISTS ringtail_checkpoints (stream varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PRIMARY KEY, checkpoint longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, holder varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin, lease_until datetime(6), updated_at datetime(6)) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS ringtail_rejects (table_name longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, row_key longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, column_name longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, raw longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, reason longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, rejected_at datetime(6) NOT NULL, digest char(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS ringtail_rechecks (stream varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin, `key` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin, step int NOT NULL, due datetime(6) NOT NULL, PRIMARY KEY (stream, `key`)) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4;

SELECT UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 60 SECOND, CEIL(TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), lease_until) / 1000000) LIMIT 10;

