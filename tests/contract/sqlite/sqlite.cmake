ringtail_test(contract_sqlite contract/sqlite ROOMS destination/sqlite LABEL contract)
