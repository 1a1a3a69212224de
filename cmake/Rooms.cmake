# A room is one folder under src/ and one static library; its files are found by name, so adding a file needs no edit here.

set(RINGTAIL_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # gcc 12 sees overlapping copies in operator+ of strings that are not there (gcc bug 105651).
  list(APPEND RINGTAIL_WARNINGS -Wno-restrict)
endif()

function(ringtail_flags target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(${target} PRIVATE ${RINGTAIL_WARNINGS})
  target_compile_definitions(${target} PRIVATE RINGTAIL_VERSION="${PROJECT_VERSION}")
  if(RINGTAIL_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(RINGTAIL_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${RINGTAIL_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${RINGTAIL_SANITIZE})
    if(RINGTAIL_SANITIZE MATCHES "undefined")
      # Four checks that take two fifths of the compile time; what null and object-size would see ends in
      # AddressSanitizer, and nothing here depends on alignment or casts down a hierarchy.
      target_compile_options(${target} PRIVATE -fno-sanitize=null,alignment,object-size,vptr)
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # gcc's sanitizers make its flow warnings see things that are not there.
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
      if(RINGTAIL_SANITIZE STREQUAL "thread")
        target_compile_options(${target} PRIVATE -Wno-tsan)  # Boost.Asio's fences, which it does not follow
      endif()
    endif()
  endif()
endfunction()

# What the fuzzers see the insides of: the rooms. The programs beside them share the objects.
function(ringtail_room_flags target)
  ringtail_flags(${target})
  if(RINGTAIL_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

# Most test code runs once for each time it is compiled, so optimising it costs more than it saves.
function(ringtail_test_flags target)
  ringtail_flags(${target})
  target_compile_options(${target} PRIVATE -O0)
  target_link_libraries(${target} PRIVATE fmt::fmt GTest::gmock GTest::gtest)
endfunction()

# What most files include is compiled once: half of a file's compile time is the standard library's, fmt's and
# GoogleMock's headers. The preset tsan and lint do without, so that no file lives on an include it does not have; lint
# compiles each file by itself.
set(CMAKE_PCH_INSTANTIATE_TEMPLATES ON)
function(ringtail_precompiled target)
  if(NOT TARGET ${target})
    file(WRITE ${PROJECT_BINARY_DIR}/${target}.cpp "")
    add_library(${target} OBJECT ${PROJECT_BINARY_DIR}/${target}.cpp)
    target_link_libraries(${target} PRIVATE fmt::fmt)
    set(headers <algorithm> <chrono> <functional> <map> <memory> <optional> <span> <string> <string_view> <vector> <fmt/core.h>)
    if(target STREQUAL "test_headers")
      ringtail_test_flags(${target})
      list(APPEND headers <gmock/gmock.h>)
    else()
      ringtail_room_flags(${target})
    endif()
    target_precompile_headers(${target} PRIVATE ${headers})
  endif()
endfunction()

function(ringtail_use_precompiled target headers)
  ringtail_precompiled(${headers})
  target_precompile_headers(${target} REUSE_FROM ${headers})
  target_link_libraries(${target} PRIVATE fmt::fmt)  # which is among them: gcc wants the same macros
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")  # as ccache wants it
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # gcc 12's false alarms about std::string again: it does not know that precompiled headers are the system's.
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overread -Wno-stringop-overflow)
  endif()
endfunction()

# With RINGTAIL_TOGETHER the files of a folder are compiled as a few: what they all include and instantiate is a third of
# the compile time, of tests half. OFF is for people who change a file and build again, change it and build again.
function(ringtail_together target files)
  if(NOT RINGTAIL_TOGETHER)
    return()
  endif()
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/scripts/unity_groups.pl ${files}
                  OUTPUT_VARIABLE lines OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" lines "${lines}")
  foreach(line ${lines})
    string(REGEX MATCH "^([0-9]+) (.*)$" ignored "${line}")
    # The folder's name is part of the group's: some files belong to several programs.
    set_source_files_properties(${CMAKE_MATCH_2} PROPERTIES UNITY_GROUP ${target}_${CMAKE_MATCH_1})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # gcc warns of what has no linkage where it is not in the file that it was told to compile.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()

# ringtail_room(NAME [ROOMS room…] [LINK library…]): src/NAME/*.cpp becomes room_NAME (slashes become underscores).
function(ringtail_room name)
  cmake_parse_arguments(ARG "" "" "ROOMS;LINK" ${ARGN})
  string(REPLACE "/" "_" id ${name})
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  if(NOT files)
    message(FATAL_ERROR "room src/${name} has no .cpp file")
  endif()
  add_library(room_${id} STATIC ${files})
  ringtail_together(room_${id} "${files}")
  ringtail_room_flags(room_${id})
  ringtail_use_precompiled(room_${id} room_headers)
  foreach(room ${ARG_ROOMS})
    string(REPLACE "/" "_" room_id ${room})
    target_link_libraries(room_${id} PUBLIC room_${room_id})
  endforeach()
  target_link_libraries(room_${id} PUBLIC ${ARG_LINK})
endfunction()

# A target that builds all tests of a kind.
function(ringtail_group group name)
  if(NOT TARGET ${group})
    add_custom_target(${group})
  endif()
  add_dependencies(${group} ${name})
endfunction()

# Flags, folders and libraries of code under tests/ that is part of test programs. With OPTIMISED it is as the rooms are.
function(ringtail_test_code target)
  if("OPTIMISED" IN_LIST ARGN)
    ringtail_room_flags(${target})
    ringtail_use_precompiled(${target} room_headers)
    target_link_libraries(${target} PRIVATE GTest::gmock GTest::gtest)
  else()
    ringtail_test_flags(${target})
    ringtail_use_precompiled(${target} test_headers)
  endif()
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${target} PRIVATE RINGTAIL_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                               RINGTAIL_BINARY_DIR="${PROJECT_BINARY_DIR}")
endfunction()

# ringtail_test(NAME FOLDER [OPTIMISED] [ROOMS room…] [LINK lib…] [LABEL label] [TIMEOUT s] [SHARDS n] [COST s]):
# tests/FOLDER/*.cpp as one GoogleTest program; its tests run as n tests of CTest, side by side. COST is about how long the
# longest of them takes where that is more than a few seconds: such tests begin first, so that none of them is waited for
# at the end. OPTIMISED is for a program that compares millions of values.
function(ringtail_test name folder)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "OPTIMISED" "LABEL;TIMEOUT;SHARDS;COST" "ROOMS;LINK")  # keeps LABEL "a;b" whole
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${folder}/*.cpp)
  if(NOT files)
    message(FATAL_ERROR "tests/${folder} has no .cpp file")
  endif()
  add_executable(${name} ${files})
  ringtail_together(${name} "${files}")
  if(ARG_OPTIMISED)
    ringtail_test_code(${name} OPTIMISED)
  else()
    ringtail_test_code(${name})
  endif()
  foreach(room ${ARG_ROOMS})
    string(REPLACE "/" "_" room_id ${room})
    target_link_libraries(${name} PRIVATE room_${room_id})
  endforeach()
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest_main)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(NOT ARG_COST)
    set(ARG_COST 0)
  endif()
  if("threads" IN_LIST ARG_LABEL)
    ringtail_group(thread_tests ${name})
  endif()
  if(NOT "slow" IN_LIST ARG_LABEL)
    ringtail_group(quick_tests ${name})
  endif()
  if(NOT ARG_SHARDS)
    set(ARG_SHARDS 1)
  endif()
  math(EXPR last "${ARG_SHARDS} - 1")
  foreach(shard RANGE ${last})
    set(test ${name})
    if(ARG_SHARDS GREATER 1)
      set(test ${name}_${shard})
    endif()
    add_test(NAME ${test} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
    set_tests_properties(${test} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT} COST ${ARG_COST}
      ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp;UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1;GTEST_TOTAL_SHARDS=${ARG_SHARDS};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()
