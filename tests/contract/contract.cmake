# What every destination must do, compiled once for the programs of all destinations.
file(GLOB suites CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/contract/*.cpp)
add_library(contract_suite OBJECT ${suites})
ringtail_together(contract_suite "${suites}")
ringtail_test_code(contract_suite)
target_link_libraries(contract_suite PRIVATE room_base)
