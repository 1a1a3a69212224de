# Reconciliation of CallKeeper's stand-in with databases that were damaged, through the jobs.
ringtail_test(reconcile reconcile
              ROOMS accounts jobs destination/sqlite
              LINK test_callkeeper test_support sim_dialfire SQLite::SQLite3 LABEL "e2e" SHARDS 2 COST 50)
