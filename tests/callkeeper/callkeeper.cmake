# CallKeeper's stand-in, the source and the pipeline into SQLite: every table against the truth.
ringtail_test(callkeeper callkeeper OPTIMISED ROOMS source/callkeeper pipeline destination/sqlite
              LINK test_support sim_dialfire SQLite::SQLite3 LABEL "e2e" SHARDS 2 COST 100)
