ringtail_test(unit_mysql unit/mysql ROOMS destination/mysql LABEL unit)
