# Needs the program clickhouse-server; starts its own servers.
ringtail_test(integration_clickhouse integration/clickhouse ROOMS destination/clickhouse LINK test_support
              LABEL integration TIMEOUT 600)
