# Runs on the server that the variable RINGTAIL_TEST_SQLSERVER names (a sqlserver:// URL whose user may create databases);
# CTest says "Skipped" where it is not set.
ringtail_test(integration_sqlserver integration/sqlserver ROOMS destination/sqlserver LINK test_support contract_suite ODBC::ODBC
              LABEL integration TIMEOUT 1200)
set_tests_properties(integration_sqlserver PROPERTIES SKIP_REGULAR_EXPRESSION "RINGTAIL_TEST_SQLSERVER is not set")
