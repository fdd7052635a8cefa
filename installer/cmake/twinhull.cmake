# SPDX-License-Identifier: GPL-3.0-or-later
# th_library, th_program, th_static_program, th_ui_library, th_forbid_link: one line per room in the top CMakeLists.txt.

add_library(th_flags INTERFACE)          # every target of ours
add_library(th_flags_plain INTERFACE)    # the half without Qt: stricter
add_library(th_flags_sanitize INTERFACE) # everything but the static guest-init
set(th_warnings -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
target_compile_options(th_flags INTERFACE ${th_warnings} $<$<BOOL:${TWINHULL_WERROR}>:-Werror> -fstack-protector-strong)
target_compile_definitions(th_flags INTERFACE TWINHULL_VERSION="${PROJECT_VERSION}" $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
target_link_options(th_flags INTERFACE -Wl,-z,relro,-z,now)
# Not under a sanitizer: it stands before functions of libraries (xdr_*) that it has to find when the program starts.
target_link_options(th_flags INTERFACE $<$<NOT:$<BOOL:${TWINHULL_SANITIZE}>>:-Wl,--as-needed>)
target_include_directories(th_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_link_libraries(th_flags_plain INTERFACE th_flags)
target_compile_options(th_flags_plain INTERFACE -Wconversion -Wold-style-cast)
# programs that live for milliseconds: what is not in the file is not faulted in
target_compile_options(th_flags_plain INTERFACE $<$<CONFIG:Release>:-Os -ffunction-sections -fdata-sections>)
# gcc 12 sees overlaps in every short string join at -O2: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105651
target_compile_options(th_flags INTERFACE $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict>)
if(TWINHULL_SANITIZE)
  target_compile_definitions(th_flags_sanitize INTERFACE TWINHULL_SANITIZED) # compilers tell it by different names
  target_compile_options(th_flags_sanitize INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # The fuzz targets guard globals; here the other sanitizer's tables would be guarded too: five sixths of a start
  target_compile_options(th_flags_sanitize INTERFACE
    "$<IF:$<CXX_COMPILER_ID:Clang>,SHELL:-mllvm -asan-globals=0,--param=asan-globals=0>")
  # not position-independent: a million relocations are two thirds of a sanitized hull's start, and copied at each fork
  target_link_options(th_flags_sanitize INTERFACE -fsanitize=address,undefined -no-pie)
endif()

# In a unit a source looks like a header to gcc.
set(th_unit_warnings $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)

# Ours are named th_<folder>; everything else is passed on as it is.
function(th_resolve out)
  set(result "")
  foreach(name IN LISTS ARGN)
    if(TARGET th_${name})
      list(APPEND result th_${name})
    else()
      list(APPEND result ${name})
    endif()
  endforeach()
  set(${out} ${result} PARENT_SCOPE)
endfunction()

# Which of the files can be compiled as one, a dozen each: a list of "FILE FILE …".
function(th_units out)
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tests/source_units.py ${ARGN}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE units COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" units "${units}")
  set(${out} ${units} PARENT_SCOPE)
endfunction()

# Writes a source that includes a dozen of the files, after the lines FIRST, for each such unit, and lists these sources.
function(th_write_units out name first)
  set(files "") # relative: a unit is split at blanks, and the project's own path may have some
  foreach(file IN LISTS ARGN)
    get_filename_component(file ${file} ABSOLUTE)
    file(RELATIVE_PATH file ${CMAKE_CURRENT_SOURCE_DIR} ${file})
    list(APPEND files ${file})
  endforeach()
  th_units(units ${files})
  set(written "")
  set(number 0)
  foreach(unit IN LISTS units)
    math(EXPR number "${number} + 1")
    string(REGEX REPLACE "([^ ]+) ?" "#include \"${CMAKE_CURRENT_SOURCE_DIR}/\\1\"\n" includes "${unit}")
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/united/${name}_${number}.cpp @ONLY CONTENT "${first}@includes@")
    list(APPEND written ${CMAKE_CURRENT_BINARY_DIR}/united/${name}_${number}.cpp)
  endforeach()
  set(${out} ${written} PARENT_SCOPE)
endfunction()

# Compiles a dozen sources of the target as one. Off by default, as precompiled headers are.
function(th_unite target)
  if(NOT TWINHULL_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  th_units(units ${sources})
  set(number 0)
  foreach(unit IN LISTS units)
    separate_arguments(unit)
    math(EXPR number "${number} + 1")
    set_source_files_properties(${unit} PROPERTIES UNITY_GROUP ${number})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  target_compile_options(${target} PRIVATE ${th_unit_warnings})
endfunction()

function(th_apply_flags target plain)
  if(plain)
    set_target_properties(${target} PROPERTIES AUTOMOC OFF AUTORCC OFF)
    target_link_libraries(${target} PRIVATE th_flags_plain th_flags_sanitize)
  else()
    target_compile_definitions(${target} PRIVATE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII)
    target_link_libraries(${target} PRIVATE th_flags th_flags_sanitize)
  endif()
endfunction()

# th_precompile(TARGET KIND HEADER…): parsing the libraries' headers is most of a compile; with TWINHULL_PCH the first target of a
# KIND parses them for all of it. Off by default, so that a missing include is seen.
function(th_precompile target kind)
  if(NOT TWINHULL_PCH)
    return()
  endif()
  get_property(owner GLOBAL PROPERTY th_precompiled_${kind})
  if(owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  else()
    target_precompile_headers(${target} PRIVATE ${ARGN})
    set_property(GLOBAL PROPERTY th_precompiled_${kind} ${target})
  endif()
endfunction()

set(th_standard_headers <algorithm> <chrono> <cstdint> <functional> <map> <memory> <optional> <string> <string_view> <variant> <vector>)
set(th_core_headers ${th_standard_headers} <QObject> <QString> <QStringList> <QVariant> <QHash> <QDateTime> <QTimer> <QThreadPool>
  <QJsonObject> <QJsonDocument> <QFileSystemWatcher>)
set(th_widget_headers ${th_core_headers} <QtWidgets>)

# th_library(NAME [PLAIN] [LINK …]): core/NAME, all sources below it.
function(th_library name)
  cmake_parse_arguments(arg "PLAIN" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/core/${name}/*.cpp ${CMAKE_SOURCE_DIR}/core/${name}/*.h)
  th_resolve(links ${arg_LINK})
  add_library(th_${name} STATIC ${sources})
  set_target_properties(th_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(th_${name} PUBLIC ${links})
  th_apply_flags(th_${name} ${arg_PLAIN})
  th_unite(th_${name})
  if(arg_PLAIN AND "nlohmann_json::nlohmann_json" IN_LIST arg_LINK)
    th_precompile(th_${name} json ${th_standard_headers} <nlohmann/json.hpp>)
  elseif(arg_PLAIN)
    th_precompile(th_${name} plain ${th_standard_headers})
  else()
    th_precompile(th_${name} core ${th_core_headers})
  endif()
endfunction()

function(th_ui_library name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/ui/*.cpp ${CMAKE_SOURCE_DIR}/ui/*.h)
  file(GLOB_RECURSE bundles CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/resources/*.qrc)
  th_resolve(links ${arg_LINK})
  add_library(th_${name} STATIC ${sources} ${bundles})
  target_link_libraries(th_${name} PUBLIC ${links})
  th_apply_flags(th_${name} FALSE)
  th_unite(th_${name})
  th_precompile(th_${name} ui ${th_widget_headers} <QtCharts>)
endfunction()

# Of a program with Qt: see the files, which are compiled once.
function(th_sanitized_threads target)
  if(NOT TWINHULL_SANITIZE)
    return()
  endif()
  if(NOT TARGET th_sanitized_threads)
    add_library(th_sanitized_threads OBJECT
      ${CMAKE_SOURCE_DIR}/tests/support/exiting_threads.cpp ${CMAKE_SOURCE_DIR}/tests/support/sanitized_fork.cpp)
    th_apply_flags(th_sanitized_threads TRUE)
  endif()
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:th_sanitized_threads>)
endfunction()

# th_program(NAME [PLAIN] [LINK …]): app/NAME. A release hull and hull-monitor are static: the loader is a third of a container start.
function(th_program name)
  cmake_parse_arguments(arg "PLAIN" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/app/${name}/*.cpp ${CMAKE_SOURCE_DIR}/app/${name}/*.h)
  th_resolve(links ${arg_LINK})
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${links})
  th_apply_flags(${name} ${arg_PLAIN})
  th_unite(${name})
  if(NOT arg_PLAIN)
    th_sanitized_threads(${name})
  endif()
  if(arg_PLAIN AND NOT TWINHULL_SANITIZE)
    target_link_options(${name} PRIVATE -static -Wl,--gc-sections)
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  endif()
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()

# th_static_program(NAME LIBRARIES …): compiled apart from the libraries, without sanitizers, small and fully static: it runs inside, where nothing of ours is.
function(th_static_program name)
  cmake_parse_arguments(arg "" "" "LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/app/${name}/*.cpp)
  foreach(library IN LISTS arg_LIBRARIES)
    file(GLOB_RECURSE more CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/core/${library}/*.cpp)
    list(APPEND sources ${more})
  endforeach()
  th_write_units(units ${name} "" ${sources}) # always: the libraries' sources are compiled again for each of these programs
  add_executable(${name} ${units})
  set_target_properties(${name} PROPERTIES AUTOMOC OFF AUTORCC OFF POSITION_INDEPENDENT_CODE OFF)
  target_link_libraries(${name} PRIVATE th_flags_plain nlohmann_json::nlohmann_json)
  target_compile_options(${name} PRIVATE ${th_unit_warnings} -Os -ffunction-sections -fdata-sections)
  target_link_options(${name} PRIVATE -static -Wl,--gc-sections -s)
  install(TARGETS ${name} RUNTIME DESTINATION libexec/twinhull)
endfunction()

# Every library that `target` reaches through its links, ours and others'.
function(th_reachable target out)
  set(open ${target})
  set(seen "")
  while(open)
    list(POP_FRONT open current)
    if(NOT TARGET ${current})
      continue()
    endif()
    foreach(property LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
      get_target_property(links ${current} ${property})
      foreach(link IN LISTS links)
        string(REGEX REPLACE "\\$<LINK_ONLY:(.*)>" "\\1" link "${link}")
        if(NOT link IN_LIST seen AND NOT link MATCHES "NOTFOUND")
          list(APPEND seen ${link})
          list(APPEND open ${link})
        endif()
      endforeach()
    endforeach()
  endwhile()
  set(${out} ${seen} PARENT_SCOPE)
endfunction()

# th_forbid_link(TARGET REGEX): configuring stops when TARGET reaches a library whose name matches.
function(th_forbid_link name regex)
  th_resolve(target ${name})
  th_reachable(${target} reached)
  foreach(link IN LISTS reached)
    string(REGEX REPLACE "^th_" "" bare "${link}")
    if(bare MATCHES "^(${regex})$")
      message(FATAL_ERROR "${name} must not link ${link} (core/README.md, directions)")
    endif()
  endforeach()
endfunction()

# th_embed(TARGET FILE NAME SYMBOL): FILE's text as a constant in "embedded/NAME.h".
function(th_embed name file header symbol)
  th_resolve(target ${name})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
  file(READ ${CMAKE_SOURCE_DIR}/${file} text)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/embedded/${header}.h @ONLY CONTENT
"// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
namespace twinhull::embedded {
inline constexpr char @symbol@[] = R\"EMBEDDED(@text@)EMBEDDED\";
}
")
  target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/generated)
endfunction()
