ringtail_test(unit_sim unit/sim ROOMS http LINK sim_dialfire simdjson::simdjson LABEL "unit;threads" COST 20)
target_include_directories(unit_sim PRIVATE ${PROJECT_SOURCE_DIR}/sim)
target_sources(unit_sim PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/raw_http.cpp)
