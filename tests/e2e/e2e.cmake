# The real program against the stand-in service.
ringtail_test(e2e_cli e2e ROOMS sqlite LINK test_support sim_dialfire LABEL e2e COST 45)
add_dependencies(e2e_cli ringtail ringtail-sim)
