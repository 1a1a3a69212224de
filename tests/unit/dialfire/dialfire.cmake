ringtail_test(unit_dialfire unit/dialfire ROOMS source/dialfire LABEL unit)
