# The real program compares Dialfire's stand-in with databases that were damaged.
if(RINGTAIL_SANITIZE)
  return()
endif()
ringtail_test(reconcile_dialfire reconcile_dialfire OPTIMISED ROOMS source/dialfire sqlite sql json
              LINK test_support sim_dialfire LABEL "slow" SHARDS 4 TIMEOUT 450 COST 120)
foreach(file scene truth database_sqlite database_postgres database_mysql database_clickhouse)
  target_sources(reconcile_dialfire PRIVATE ${PROJECT_SOURCE_DIR}/tests/fault/${file}.cpp)
endforeach()
add_dependencies(reconcile_dialfire ringtail)
