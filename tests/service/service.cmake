# The real service between stand-ins of Dialfire and CallKeeper.
if(RINGTAIL_SANITIZE)
  return()
endif()
ringtail_test(service service ROOMS sqlite json delivery LINK test_support sim_dialfire SQLite::SQLite3 LABEL "e2e" TIMEOUT 300 SHARDS 4)
target_sources(service PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/e2e/stage.cpp
                               ${CMAKE_CURRENT_SOURCE_DIR}/webhook/scene.cpp
                               ${CMAKE_CURRENT_SOURCE_DIR}/callkeeper/differences.cpp)
add_dependencies(service ringtail)
