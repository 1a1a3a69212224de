# The views over the calls of all sources, on SQLite and on servers that the test starts itself.
ringtail_test(calls_views views
              ROOMS source/callkeeper source/dialfire destination/sqlite destination/postgres
                    destination/mysql destination/clickhouse
              LINK test_callkeeper test_support sim_dialfire SQLite::SQLite3 LABEL integration COST 15)
