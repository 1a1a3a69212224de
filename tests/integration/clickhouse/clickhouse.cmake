# Needs the program clickhouse-server; starts its own servers.
ringtail_test(integration_clickhouse integration/clickhouse ROOMS destination/clickhouse LINK test_support contract_suite
              LABEL integration TIMEOUT 450 COST 110)
