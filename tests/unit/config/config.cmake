ringtail_test(unit_config unit/config ROOMS config LABEL unit)
