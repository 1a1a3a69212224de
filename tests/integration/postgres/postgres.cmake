# Needs a PostgreSQL server's programs; starts its own servers.
ringtail_test(integration_postgres integration/postgres ROOMS destination/postgres LINK test_support contract_suite LABEL integration COST 40)
