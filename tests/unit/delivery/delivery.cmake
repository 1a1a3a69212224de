ringtail_test(unit_delivery unit/delivery ROOMS delivery LINK test_support LABEL unit)
