# SPDX-License-Identifier: MIT
# cmake -D way=installed|folder -D source= -D build= -D work= -D compiler= -D generator= -P check.cmake
cmake_minimum_required(VERSION 3.16)
set(user_source ${CMAKE_CURRENT_LIST_DIR})

function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "failed: ${ARGN}")
    endif()
endfunction()

file(REMOVE_RECURSE ${work})
if(way STREQUAL "installed")
    run(${CMAKE_COMMAND} --install ${build} --prefix ${work}/prefix)
    run(${CMAKE_COMMAND} -E compare_files ${source}/LICENSE ${work}/prefix/share/licenses/atmqtt/LICENSE)
    set(from -D CMAKE_PREFIX_PATH=${work}/prefix)
else()
    set(from -D ATMQTT_SOURCE=${source})
endif()
run(${CMAKE_COMMAND} -G ${generator} -S ${user_source} -B ${work}/build -D CMAKE_CXX_COMPILER=${compiler} ${from})
run(${CMAKE_COMMAND} --build ${work}/build)
