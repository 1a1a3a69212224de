ringtail_test(unit_report unit/report ROOMS report LABEL unit)
