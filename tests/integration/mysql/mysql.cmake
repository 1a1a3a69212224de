# Needs a MariaDB server's programs; starts its own servers.
ringtail_test(integration_mysql integration/mysql ROOMS destination/mysql LINK test_support LABEL integration
              TIMEOUT 600)
