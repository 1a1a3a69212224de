ringtail_test(unit_json unit/json ROOMS json LABEL unit)
