ringtail_test(unit_cli unit/cli ROOMS cli LABEL unit)
target_sources(unit_cli PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/process.cpp)
