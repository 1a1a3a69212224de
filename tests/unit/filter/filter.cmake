ringtail_test(unit_filter unit/filter ROOMS filter LABEL unit)
