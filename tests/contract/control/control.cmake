# The control store and the inbox on real files, with processes that are killed between two steps.
ringtail_test(contract_control contract/control ROOMS control LINK test_support LABEL contract COST 15)
add_executable(control_child ${PROJECT_SOURCE_DIR}/tests/support/control_child/main.cpp)
ringtail_flags(control_child)
target_link_libraries(control_child PRIVATE room_control)
add_dependencies(contract_control control_child)
