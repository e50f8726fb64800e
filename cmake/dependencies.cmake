# The libraries of others, each as a target of the same name on every system:
#
#   ob_dep_crypto (also ob_dep_openssl)  OpenSSL's libcrypto      ob_dep_zlib      zlib
#   ob_dep_ssl                           OpenSSL's libssl         ob_dep_zstd      zstd
#   ob_dep_curl                          libcurl                  ob_dep_cjson     cJSON
#   ob_dep_sqlite                        SQLite                   ob_dep_utf8proc  utf8proc
#   ob_dep_check                         Check (with OB_TESTS)
#   ob_dep_system                        what the system itself gives: threads, sockets, RPC
#
# A target carries its headers, what it needs in turn in the right link order, and the definitions
# that a static library wants of its users on Windows.
# Linux: deploy/install-deps.sh build.  Windows: deploy/mingw-deps.sh, or vcpkg with MSVC.

# ob_dependency(NAME HEADER h LIBRARY names... [LINKS ...] [WIN_LINKS ...] [WIN_DEFINES ...])
function(ob_dependency name)
  cmake_parse_arguments(A "" "HEADER" "LIBRARY;LINKS;WIN_LINKS;WIN_DEFINES" ${ARGN})
  find_path(${name}_INCLUDE_DIR ${A_HEADER})
  find_library(${name}_LIBRARY NAMES ${A_LIBRARY})
  mark_as_advanced(${name}_INCLUDE_DIR ${name}_LIBRARY)
  if(NOT ${name}_INCLUDE_DIR OR NOT ${name}_LIBRARY)
    if(MSVC)
      set(advice "vcpkg install")
    elseif(WIN32)
      set(advice "sh deploy/mingw-deps.sh")
    elseif(name STREQUAL "ob_dep_check")
      set(advice "sh deploy/install-deps.sh test")
    else()
      set(advice "sh deploy/install-deps.sh build")
    endif()
    list(GET A_LIBRARY 0 first)
    message(FATAL_ERROR "${A_HEADER} and its library ${first} were not found: ${advice}")
  endif()

  add_library(${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${name} INTERFACE ${${name}_INCLUDE_DIR})
  target_link_libraries(${name} INTERFACE ${${name}_LIBRARY} ${A_LINKS})
  if(WIN32)
    target_link_libraries(${name} INTERFACE ${A_WIN_LINKS})
    target_compile_definitions(${name} INTERFACE ${A_WIN_DEFINES})
  endif()
endfunction()

add_library(ob_dep_system INTERFACE IMPORTED GLOBAL)
if(WIN32)
  target_link_libraries(ob_dep_system INTERFACE rpcrt4 ws2_32 crypt32 bcrypt secur32 ole32 oleaut32
    uuid advapi32 shell32 user32)
else()
  find_package(Threads REQUIRED)
  target_link_libraries(ob_dep_system INTERFACE Threads::Threads)
endif()

# openssl/provider.h came with version 3, so finding it is the version check.
ob_dependency(ob_dep_crypto HEADER openssl/provider.h LIBRARY crypto libcrypto
  LINKS ob_dep_system WIN_LINKS ws2_32 crypt32 gdi32 user32 advapi32)
ob_dependency(ob_dep_ssl HEADER openssl/ssl.h LIBRARY ssl libssl LINKS ob_dep_crypto)
add_library(ob_dep_openssl INTERFACE IMPORTED GLOBAL)
target_link_libraries(ob_dep_openssl INTERFACE ob_dep_crypto)

ob_dependency(ob_dep_zlib HEADER zlib.h LIBRARY z zs zlib)
ob_dependency(ob_dep_zstd HEADER zstd.h LIBRARY zstd zstd_static)
ob_dependency(ob_dep_curl HEADER curl/curl.h LIBRARY curl libcurl
  LINKS ob_dep_ssl ob_dep_zlib WIN_LINKS normaliz ws2_32 crypt32 bcrypt secur32 advapi32
  WIN_DEFINES CURL_STATICLIB)
ob_dependency(ob_dep_cjson HEADER cjson/cJSON.h LIBRARY cjson WIN_DEFINES CJSON_HIDE_SYMBOLS)
ob_dependency(ob_dep_sqlite HEADER sqlite3.h LIBRARY sqlite3 LINKS ob_dep_system)
ob_dependency(ob_dep_utf8proc HEADER utf8proc.h LIBRARY utf8proc utf8proc_static
  WIN_DEFINES UTF8PROC_STATIC)

if(OB_TESTS)
  ob_dependency(ob_dep_check HEADER check.h LIBRARY check LINKS ob_dep_system)
  if(MINGW)
    target_link_libraries(ob_dep_check INTERFACE pthread)
  elseif(NOT WIN32)
    target_link_libraries(ob_dep_check INTERFACE subunit m rt)
  endif()
endif()
