# The control store and the inbox on real files.
ringtail_test(contract_control contract/control ROOMS control LINK test_support LABEL contract)
