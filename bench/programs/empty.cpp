// What start-up alone costs: the other programs are shown beyond this one.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

void program() {}
