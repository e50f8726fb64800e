# Compiler options every target of the project takes, and the helpers that declare layers and tests.
add_library(ob_options INTERFACE)
if(MSVC)
  target_compile_options(ob_options INTERFACE /W4 /WX /utf-8)
else()
  target_compile_options(ob_options INTERFACE -Wall -Wextra -Wconversion -Werror
    -Wstrict-prototypes -Wmissing-prototypes -fno-strict-aliasing)
endif()
if(WIN32)
  target_compile_definitions(ob_options INTERFACE UNICODE _UNICODE WIN32_LEAN_AND_MEAN
    _WIN32_WINNT=0x0A00 __USE_MINGW_ANSI_STDIO=1)
else()
  target_compile_definitions(ob_options INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
endif()
target_compile_definitions(ob_options INTERFACE OB_VERSION="${PROJECT_VERSION}")
if(OB_SANITIZE)
  target_compile_options(ob_options INTERFACE -fsanitize=${OB_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(ob_options INTERFACE -fsanitize=${OB_SANITIZE})
endif()
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT MSVC)
  target_compile_options(ob_options INTERFACE -fstack-protector-strong)
  # MinGW's guard is a library of its own, which this option links.
  target_link_options(ob_options INTERFACE -fstack-protector-strong)
  if(NOT WIN32)
    target_compile_options(ob_options INTERFACE -D_FORTIFY_SOURCE=2)
  endif()
endif()

# ob_layer(NAME SOURCES ... LINKS ...): one static library whose headers under include/ are public.
function(ob_layer name)
  cmake_parse_arguments(A "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${A_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/include)
  target_link_libraries(${name} PUBLIC ${A_LINKS} PRIVATE ob_options)
endfunction()

# ob_test(SOURCE LINKS ... [LABELS ...] [ARGS ...] [TIMEOUT seconds]): one Check program, one ctest
# entry named after its place, e.g. common/base/test_buf.
function(ob_test source)
  cmake_parse_arguments(A "" "TIMEOUT" "LINKS;LABELS;ARGS" ${ARGN})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 60)
  endif()
  file(RELATIVE_PATH dir ${PROJECT_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
  get_filename_component(stem ${source} NAME_WE)
  string(REPLACE "/" "_" target "${dir}_${stem}")
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE ${A_LINKS} ob_test_support ob_dep_check ob_options)
  add_test(NAME ${dir}/${stem} COMMAND ${target} ${A_ARGS})
  set_tests_properties(${dir}/${stem} PROPERTIES TIMEOUT ${A_TIMEOUT} LABELS "${A_LABELS}")
endfunction()
