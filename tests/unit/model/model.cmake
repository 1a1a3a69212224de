ringtail_test(unit_model unit/model ROOMS model LABEL unit)
