ringtail_test(sqlite_contract_test contract/sqlite ROOMS destination/sqlite LABEL contract)
