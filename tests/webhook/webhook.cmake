# The real program between the stand-in service and a stand-in receiver.
if(RINGTAIL_SANITIZE)
  return()
endif()
ringtail_test(webhook webhook ROOMS delivery LINK test_support sim_dialfire LABEL "e2e" TIMEOUT 600 SHARDS 3)
add_dependencies(webhook ringtail)
