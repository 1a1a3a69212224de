ringtail_test(unit_postgres unit/postgres ROOMS destination/postgres LABEL unit)
