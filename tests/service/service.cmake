# The real service between stand-ins of Dialfire and CallKeeper.
if(RINGTAIL_SANITIZE)
  return()
endif()
ringtail_test(service service ROOMS sqlite json delivery LINK test_callkeeper test_support sim_dialfire SQLite::SQLite3 LABEL "e2e" SHARDS 4 COST 40)
target_sources(service PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/e2e/stage.cpp
                               ${CMAKE_CURRENT_SOURCE_DIR}/webhook/scene.cpp)
add_dependencies(service ringtail)
