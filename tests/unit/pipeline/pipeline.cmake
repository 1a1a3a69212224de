ringtail_test(unit_pipeline unit/pipeline ROOMS pipeline destination/sqlite LINK test_support LABEL "unit;threads")
