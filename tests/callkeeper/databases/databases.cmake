# The same as SQLite's, on servers that the test starts itself: PostgreSQL, MariaDB and ClickHouse.
ringtail_test(callkeeper_databases callkeeper/databases
              ROOMS source/callkeeper pipeline destination/sqlite destination/postgres destination/mysql
                    destination/clickhouse
              LINK test_support sim_dialfire SQLite::SQLite3 LABEL integration)
foreach(file account database differences)
  target_sources(callkeeper_databases PRIVATE ${PROJECT_SOURCE_DIR}/tests/callkeeper/${file}.cpp)
endforeach()
