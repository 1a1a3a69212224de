ringtail_test(unit_callkeeper unit/callkeeper ROOMS source/callkeeper LABEL "unit")
