ringtail_test(unit_control unit/control ROOMS control LINK test_support LABEL "unit;threads")
