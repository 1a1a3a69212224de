ringtail_test(unit_web unit/web ROOMS web LABEL "unit;threads")
