ringtail_test(unit_cli unit/cli ROOMS cli LINK test_support LABEL unit)
