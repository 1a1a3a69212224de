ringtail_test(memory_contract_test contract/memory ROOMS destination/memory LABEL contract)
