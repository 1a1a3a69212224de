ringtail_test(unit_jobs unit/jobs ROOMS jobs destination/sqlite LINK test_support LABEL "unit;threads" COST 15)
