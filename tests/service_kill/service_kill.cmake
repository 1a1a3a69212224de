# kill -9 of the real service at every named place and at random instants; the sanitized builds leave that to the release build.
if(RINGTAIL_SANITIZE)
  return()
endif()
ringtail_test(service_kill service_kill ROOMS sqlite json LINK test_callkeeper test_support sim_dialfire SQLite::SQLite3 LABEL "slow" SHARDS 6 COST 20)
target_sources(service_kill PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/e2e/stage.cpp ${CMAKE_CURRENT_SOURCE_DIR}/service/scene.cpp)
add_dependencies(service_kill ringtail)
