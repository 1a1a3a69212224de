ringtail_test(unit_http_client unit/http ROOMS http LINK OpenSSL::SSL test_support LABEL "unit;threads")
