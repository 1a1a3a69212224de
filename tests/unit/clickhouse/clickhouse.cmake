ringtail_test(unit_clickhouse unit/clickhouse ROOMS destination/clickhouse LABEL unit)
