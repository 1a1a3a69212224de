ringtail_test(unit_relational unit/relational ROOMS destination/relational LABEL unit)
