# Reports of the real program on servers that the test starts itself: PostgreSQL, MariaDB and ClickHouse.
if(RINGTAIL_SANITIZE)
  return()
endif()
ringtail_test(report_databases report_databases ROOMS sqlite json
              LINK test_support sim_dialfire SQLite::SQLite3 LABEL "integration" COST 15)
target_sources(report_databases PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/e2e/stage.cpp ${CMAKE_CURRENT_SOURCE_DIR}/service/scene.cpp)
add_dependencies(report_databases ringtail)
