# cmake -DSOURCE=DIR -DOUTPUT=FILE -P commit.cmake: writes a C++ file that names the commit of the checkout in DIR, if that is
# another one than it names already. It runs with every build, so that a new commit is named without configuring again, and
# costs one small file and the linking of the programs.
set(commit unknown)
find_program(git git)
if(git)
  execute_process(COMMAND ${git} -C ${SOURCE} rev-parse --show-toplevel OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  file(REAL_PATH ${SOURCE} source)
  if(top STREQUAL source)  # a tarball that lies in another project's checkout has not that project's commit
    execute_process(COMMAND ${git} -C ${SOURCE} describe --always --tags --dirty OUTPUT_VARIABLE described RESULT_VARIABLE failed
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(failed EQUAL 0 AND described MATCHES "^[A-Za-z0-9._/+-]+$")
      set(commit ${described})
    endif()
  endif()
endif()
set(text "#include <vidcv/cli/command.hpp>\n\nstd::string_view vidcv::commit() noexcept\n{\n  return \"${commit}\";\n}\n")
set(before "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${OUTPUT} "${text}")
endif()
