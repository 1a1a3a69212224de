ringtail_test(unit_jobs unit/jobs ROOMS jobs LABEL "unit;threads")
