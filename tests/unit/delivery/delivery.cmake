ringtail_test(unit_delivery unit/delivery ROOMS delivery LINK test_support sim_dialfire LABEL "unit;threads" COST 10)
