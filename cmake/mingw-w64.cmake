# Toolchain: Windows x64 programs made on Linux by MinGW-w64, their tests run by Wine.
# OB_MINGW_PREFIX (cache or environment) names the libraries; deploy/mingw-deps.sh makes them and
# keeps a link "current" to the newest, which is the default.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

if(NOT OB_MINGW_PREFIX)
  if(DEFINED ENV{OB_MINGW_PREFIX})
    set(prefix $ENV{OB_MINGW_PREFIX})
  elseif(DEFINED ENV{OB_CACHE})
    set(prefix $ENV{OB_CACHE}/mingw/current)
  elseif(DEFINED ENV{XDG_CACHE_HOME})
    set(prefix $ENV{XDG_CACHE_HOME}/online-backup/mingw/current)
  else()
    set(prefix $ENV{HOME}/.cache/online-backup/mingw/current)
  endif()
  set(OB_MINGW_PREFIX ${prefix} CACHE PATH "Cross-built libraries, of deploy/mingw-deps.sh")
endif()
# CMake reads this file again for each of its trial programs, in a cache of their own.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES OB_MINGW_PREFIX)

set(CMAKE_FIND_ROOT_PATH ${OB_MINGW_PREFIX} /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# A program that needs nothing beside it: GCC's runtime goes in as well.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_SHARED_LINKER_FLAGS_INIT -static)
set(CMAKE_MODULE_LINKER_FLAGS_INIT -static)

set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/../tests/wine/run.sh)
