ringtail_test(unit_dialfire_feed unit/dialfire_feed ROOMS source/dialfire LINK sim_dialfire LABEL "unit")
