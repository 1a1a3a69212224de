ringtail_test(contract_memory contract/memory ROOMS destination/memory LINK contract_suite LABEL contract)
