// EXPECT: conversion from 'atmqtt::result<
// EXPECT: no viable conversion from 'result<
// A result is looked at before its value is used.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/codec.hpp>

#include <string_view>

using namespace atmqtt;

std::string_view write_into(buffer out) {
#ifdef CONTROL
    const auto text = format(disconnect{}, out);
    return text ? *text : std::string_view{};
#else
    const std::string_view text = format(disconnect{}, out);
    return text;
#endif
}
