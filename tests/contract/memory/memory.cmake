ringtail_test(contract_memory contract/memory ROOMS destination/memory LABEL contract)
