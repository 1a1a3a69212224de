# The real program between the stand-in service and a stand-in receiver.
if(RINGTAIL_SANITIZE)
  return()
endif()
ringtail_test(webhook webhook ROOMS delivery LINK test_support sim_dialfire LABEL "e2e" SHARDS 3 COST 30)
add_dependencies(webhook ringtail)
