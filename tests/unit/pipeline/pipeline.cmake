ringtail_test(unit_pipeline unit/pipeline ROOMS pipeline LABEL "unit;threads")
