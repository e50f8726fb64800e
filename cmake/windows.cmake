# What a program or library of ours says about itself on Windows.

if(WIN32 AND NOT MSVC)
  # Defaults of today's linkers, and not left to them: no code in data (DEP), addresses by chance out
  # of all 64 bits (ASLR). The last two make equal sources give equal files and spare a remote
  # session the emulation for old programs.
  target_link_options(ob_options INTERFACE -Wl,--nxcompat -Wl,--dynamicbase
    -Wl,--high-entropy-va -Wl,--no-insert-timestamp -Wl,--tsaware)
elseif(MSVC)
  target_link_options(ob_options INTERFACE /NXCOMPAT /DYNAMICBASE /HIGHENTROPYVA /guard:cf)
endif()

# ob_windows_image(TARGET DESCRIPTION): version and, for a program, the manifest. Nothing elsewhere.
function(ob_windows_image target description)
  if(NOT WIN32)
    return()
  endif()
  set(here ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
  get_target_property(kind ${target} TYPE)
  set(type VFT_DLL)
  set(suffix .dll)
  set(manifest)
  if(kind STREQUAL "EXECUTABLE")
    set(type VFT_APP)
    set(suffix .exe)
    if(MSVC)
      # Its linker makes the resource itself.
      target_sources(${target} PRIVATE ${here}/program.manifest)
    else()
      set(manifest "CREATEPROCESS_MANIFEST_RESOURCE_ID RT_MANIFEST \"${here}/program.manifest\"")
    endif()
  endif()
  set(name ${target}${suffix})
  string(REPLACE "." "," numbers ${PROJECT_VERSION})
  configure_file(${here}/image.rc.in ${target}-image.rc @ONLY)
  set(rc ${CMAKE_CURRENT_BINARY_DIR}/${target}-image.rc)
  set_source_files_properties(${rc} PROPERTIES OBJECT_DEPENDS ${here}/program.manifest)
  target_sources(${target} PRIVATE ${rc})
endfunction()
