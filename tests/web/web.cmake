ringtail_test(web_service web ROOMS web LINK test_support LABEL "fault;threads")
# What the kill tests kill.
add_executable(web_child ${PROJECT_SOURCE_DIR}/tests/web/child/main.cpp ${PROJECT_SOURCE_DIR}/tests/web/scene.cpp)
ringtail_flags(web_child)
target_include_directories(web_child PRIVATE ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(web_child PRIVATE room_web test_support fmt::fmt)
add_dependencies(web_service web_child)
