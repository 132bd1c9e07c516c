// A user's program, as small as can be.
// SPDX-License-Identifier: MIT
#include <atmqtt.hpp>

static_assert(__cplusplus >= 201703L, "the library asks for C++17 by itself");

int main() {}
