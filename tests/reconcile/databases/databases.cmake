# Damage on servers that the test starts itself: PostgreSQL, MariaDB and ClickHouse.
ringtail_test(reconcile_databases reconcile/databases
              ROOMS accounts jobs destination/sqlite destination/postgres destination/mysql destination/clickhouse
              LINK test_callkeeper test_support sim_dialfire SQLite::SQLite3 LABEL integration COST 50)
foreach(file desk damage)
  target_sources(reconcile_databases PRIVATE ${PROJECT_SOURCE_DIR}/tests/reconcile/${file}.cpp)
endforeach()
