ringtail_test(unit_control unit/control ROOMS control LABEL unit)
