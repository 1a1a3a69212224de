# Kills and breaks the real program many times over; the sanitized builds leave that to the release build.
if(RINGTAIL_SANITIZE)
  return()
endif()
ringtail_test(fault fault OPTIMISED ROOMS source/dialfire sqlite sql LINK test_support sim_dialfire LABEL "slow" SHARDS 6 TIMEOUT 450 COST 120)
add_dependencies(fault ringtail)
