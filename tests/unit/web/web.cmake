ringtail_test(unit_web unit/web ROOMS web LABEL "unit;threads")
target_sources(unit_web PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/raw_http.cpp)
