ringtail_test(unit_base unit/base ROOMS base LABEL "unit;threads")
