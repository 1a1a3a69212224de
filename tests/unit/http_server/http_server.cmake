ringtail_test(unit_http_server unit/http_server ROOMS http LABEL "unit;threads")
target_sources(unit_http_server PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/raw_http.cpp)
