# What test programs share: processes, temporary folders, PostgreSQL and MariaDB servers of their own.
file(GLOB support_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.cpp)
add_library(test_support STATIC ${support_files})
ringtail_together(test_support "${support_files}")
ringtail_room_flags(test_support)
ringtail_use_precompiled(test_support room_headers)
target_include_directories(test_support PRIVATE ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(test_support PUBLIC PostgreSQL::PostgreSQL PkgConfig::MariaDB SQLite::SQLite3 Threads::Threads)

# CallKeeper's account of the tests and the databases it goes to; programs of other folders use them as well.
add_library(test_callkeeper STATIC ${PROJECT_SOURCE_DIR}/tests/callkeeper/account.cpp
                                   ${PROJECT_SOURCE_DIR}/tests/callkeeper/database.cpp
                                   ${PROJECT_SOURCE_DIR}/tests/callkeeper/differences.cpp
                                   ${PROJECT_SOURCE_DIR}/tests/callkeeper/databases/servers.cpp)
ringtail_test_code(test_callkeeper)
target_link_libraries(test_callkeeper PUBLIC test_support sim_dialfire room_pipeline room_source_callkeeper
                      room_destination_sqlite room_destination_postgres room_destination_mysql room_destination_clickhouse)
