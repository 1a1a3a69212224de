# What test programs share: processes, temporary folders, PostgreSQL and MariaDB servers of their own.
file(GLOB support_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.cpp)
add_library(test_support STATIC ${support_files})
ringtail_flags(test_support)
target_include_directories(test_support PRIVATE ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(test_support PUBLIC PostgreSQL::PostgreSQL PkgConfig::MariaDB SQLite::SQLite3 Threads::Threads)
