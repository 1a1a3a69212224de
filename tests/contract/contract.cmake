ringtail_test(contract_test contract ROOMS destination/memory destination/sqlite LABEL contract)
