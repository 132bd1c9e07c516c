// The standard streams of the programs, as they find them.
// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <unistd.h>

/// Opens those that are closed: a port or a socket would get their number, and what is printed would go there. They are opened
/// the wrong way round: reading and writing fail as they did before.
inline void keep_standard_streams() {
    for (int file = 0; file <= 2; ++file)
        if (::fcntl(file, F_GETFD) == -1) (void)::open("/dev/null", file == 0 ? O_WRONLY : O_RDONLY);
}
