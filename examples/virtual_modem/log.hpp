// One line on standard error.
// SPDX-License-Identifier: MIT
#pragma once

#include "../words.hpp"

#include <cstdio>
#include <string>

namespace virtual_modem {

inline void log(const std::string& what) { std::fprintf(stderr, "atmqtt-modem: %s\n", words::harmless(what).c_str()); }

}  // namespace virtual_modem
