ringtail_test(unit_sql unit/sql ROOMS sql LABEL unit)
