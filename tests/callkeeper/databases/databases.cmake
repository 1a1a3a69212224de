# The same as SQLite's, on servers that the test starts itself: PostgreSQL, MariaDB and ClickHouse.
ringtail_test(callkeeper_databases callkeeper/databases
              ROOMS source/callkeeper pipeline destination/sqlite destination/postgres destination/mysql
                    destination/clickhouse
              LINK test_callkeeper test_support sim_dialfire SQLite::SQLite3 LABEL integration COST 45)
