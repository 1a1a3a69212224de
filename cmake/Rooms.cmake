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
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # gcc's sanitizers make its flow warnings see things that are not there.
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
      if(RINGTAIL_SANITIZE STREQUAL "thread")
        target_compile_options(${target} PRIVATE -Wno-tsan)  # Boost.Asio's fences, which it does not follow
      endif()
    endif()
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
  ringtail_flags(room_${id})
  foreach(room ${ARG_ROOMS})
    string(REPLACE "/" "_" room_id ${room})
    target_link_libraries(room_${id} PUBLIC room_${room_id})
  endforeach()
  target_link_libraries(room_${id} PUBLIC ${ARG_LINK})
endfunction()

# ringtail_test(NAME FOLDER [ROOMS room…] [LINK lib…] [LABEL label] [TIMEOUT s]): tests/FOLDER/*.cpp as one GoogleTest program.
function(ringtail_test name folder)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "LABEL;TIMEOUT" "ROOMS;LINK")  # keeps LABEL "a;b" whole
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${folder}/*.cpp)
  if(NOT files)
    message(FATAL_ERROR "tests/${folder} has no .cpp file")
  endif()
  add_executable(${name} ${files})
  ringtail_flags(${name})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE RINGTAIL_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             RINGTAIL_BINARY_DIR="${PROJECT_BINARY_DIR}")
  foreach(room ${ARG_ROOMS})
    string(REPLACE "/" "_" room_id ${room})
    target_link_libraries(${name} PRIVATE room_${room_id})
  endforeach()
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gmock GTest::gtest GTest::gtest_main)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp;UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1")
endfunction()
