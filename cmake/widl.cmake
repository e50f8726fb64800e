# The IDL compiler. The same one writes the RPC stubs of both systems, so that the bytes on the wire
# come from one description whatever the machine.

# MinGW-w64's widl and Wine's are the same program; the first is a megabyte, the second needs Wine.
# Neither needs to be told of Windows: --win64 and -b fix the target.
find_program(OB_WIDL NAMES x86_64-w64-mingw32-widl widl widl-stable)
mark_as_advanced(OB_WIDL)
if(NOT OB_WIDL)
  message(FATAL_ERROR "widl was not found: sh deploy/install-deps.sh build")
endif()

# The descriptions of Windows' own interfaces (oaidl.idl) and OLE's type library (stdole2.tlb), to
# which a type library refers. Only the COM library needs them: sh deploy/install-deps.sh test.
find_path(OB_WIDL_INCLUDE oaidl.idl PATHS /usr/include/wine/wine/windows /usr/include/wine/windows
  NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
find_path(OB_WIDL_TYPELIBS stdole2.tlb
  PATHS /usr/lib/x86_64-linux-gnu/wine/x86_64-windows /usr/lib/wine/x86_64-windows
  NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
mark_as_advanced(OB_WIDL_INCLUDE OB_WIDL_TYPELIBS)

set(OB_WIDL_FLAGS --win64 -b x86_64-w64-mingw32)
if(OB_WIDL_INCLUDE)
  list(APPEND OB_WIDL_FLAGS -I${OB_WIDL_INCLUDE})
endif()

# ob_widl(IDL PREFIX)
# Writes the stubs of an RPC interface into the current build folder and sets in the caller
#   PREFIX_HEADER  NAME.h, for both sides
#   PREFIX_CLIENT  NAME_c.c
#   PREFIX_SERVER  NAME_s.c
#   PREFIX_INCLUDE_DIR  the folder of the header
# where NAME is the stem of the IDL file. -Oicf: the stubs hand a format string to the interpreter
# instead of marshalling inline.
function(ob_widl idl prefix)
  get_filename_component(source ${idl} ABSOLUTE)
  get_filename_component(name ${idl} NAME_WE)
  set(out ${CMAKE_CURRENT_BINARY_DIR})
  foreach(product "HEADER:-h:-H:${name}.h" "CLIENT:-c:-C:${name}_c.c" "SERVER:-s:-S:${name}_s.c")
    string(REPLACE ":" ";" product ${product})
    list(GET product 0 kind)
    list(GET product 1 what)
    list(GET product 2 where)
    list(GET product 3 file)
    add_custom_command(OUTPUT ${out}/${file}
      COMMAND ${OB_WIDL} ${OB_WIDL_FLAGS} -Oicf ${what} ${where} ${out}/${file} ${source}
      DEPENDS ${source}
      COMMENT "widl ${file}"
      VERBATIM)
    set(${prefix}_${kind} ${out}/${file} PARENT_SCOPE)
  endforeach()
  set(${prefix}_INCLUDE_DIR ${out} PARENT_SCOPE)
  # What widl writes is not ours to warn about.
  set_source_files_properties(${out}/${name}_c.c ${out}/${name}_s.c PROPERTIES COMPILE_OPTIONS -w)
  # The stubs include the header by its name; without this nothing tells when it must exist.
  set_source_files_properties(${out}/${name}_c.c ${out}/${name}_s.c PROPERTIES
    OBJECT_DEPENDS ${out}/${name}.h)
endfunction()

# ob_widl_typelib(IDL PREFIX)
# Writes the type library of a COM library, its header and its identifiers, and sets in the caller
#   PREFIX_TYPELIB  NAME.tlb
#   PREFIX_HEADER   NAME.h
#   PREFIX_GUIDS    NAME_i.c
#   PREFIX_INCLUDE_DIR
function(ob_widl_typelib idl prefix)
  if(NOT OB_WIDL_INCLUDE OR NOT OB_WIDL_TYPELIBS)
    message(FATAL_ERROR "oaidl.idl or stdole2.tlb was not found: sh deploy/install-deps.sh test")
  endif()
  get_filename_component(source ${idl} ABSOLUTE)
  get_filename_component(name ${idl} NAME_WE)
  set(out ${CMAKE_CURRENT_BINARY_DIR})
  foreach(product "TYPELIB:-t:-o:${name}.tlb" "HEADER:-h:-H:${name}.h" "GUIDS:-u:-U:${name}_i.c")
    string(REPLACE ":" ";" product ${product})
    list(GET product 0 kind)
    list(GET product 1 what)
    list(GET product 2 where)
    list(GET product 3 file)
    add_custom_command(OUTPUT ${out}/${file}
      COMMAND ${OB_WIDL} ${OB_WIDL_FLAGS} -L${OB_WIDL_TYPELIBS} ${what} ${where} ${out}/${file}
        ${source}
      DEPENDS ${source}
      COMMENT "widl ${file}"
      VERBATIM)
    set(${prefix}_${kind} ${out}/${file} PARENT_SCOPE)
  endforeach()
  set(${prefix}_INCLUDE_DIR ${out} PARENT_SCOPE)
  set_source_files_properties(${out}/${name}_i.c PROPERTIES COMPILE_OPTIONS -w)
endfunction()
