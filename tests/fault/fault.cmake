ringtail_test(fault fault ROOMS source/dialfire sqlite sql LINK test_support sim_dialfire LABEL "slow" TIMEOUT 900)
add_dependencies(fault ringtail)
