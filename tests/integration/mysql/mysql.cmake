# Needs a MariaDB server's programs; starts its own servers.
ringtail_test(integration_mysql integration/mysql ROOMS destination/mysql LINK test_support contract_suite LABEL integration COST 30)
