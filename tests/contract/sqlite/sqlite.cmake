ringtail_test(contract_sqlite contract/sqlite ROOMS destination/sqlite LINK contract_suite LABEL contract COST 10)
