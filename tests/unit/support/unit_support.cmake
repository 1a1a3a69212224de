ringtail_test(unit_support unit/support LINK test_support LABEL "unit;threads")
