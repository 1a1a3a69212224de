# Needs Debian's FreeTDS driver (tdsodbc); no server.
ringtail_test(unit_sqlserver unit/sqlserver ROOMS destination/sqlserver LINK test_support LABEL unit)
