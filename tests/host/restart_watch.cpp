// host/restart_watch.hpp: by what a restart of the module is known, and by what it is not.
// SPDX-License-Identifier: MIT
#include <atmqtt/host/restart_watch.hpp>

#include <doctest/doctest.h>

#include <ostream>  // doctest prints std::string_view by it

using namespace atmqtt;

namespace {

/// A command that was answered, behind ATE0.
void end_one(detail::restart_watch& it, bool has_echo) {
    if (has_echo) (void)it.is_seen_by_echo();
    it.end_command(true);
}

}  // namespace

TEST_CASE("an echo means a restart once a command had none, unless one had one before that") {
    detail::restart_watch it{""};
    it.begin();
    CHECK_FALSE(it.is_seen_by_echo());  // nothing is known yet
    it.end_command(false);              // it was of ATE0 itself, or of what was not answered
    end_one(it, false);
    CHECK(it.is_seen_by_echo());

    it.begin();
    CHECK_FALSE(it.is_seen_by_echo());
    it.end_command(true);
    end_one(it, false);
    CHECK_FALSE(it.is_seen_by_echo());  // it keeps its echo, and one was missed
    it.end_command(true);

    it.begin();
    end_one(it, false);
    CHECK(it.is_seen_by_echo());
}

TEST_CASE("a command that was not answered, or was sent before ATE0, says nothing of echoes") {
    detail::restart_watch it{""};
    it.begin();
    it.end_command(false);
    CHECK_FALSE(it.is_seen_by_echo());
    it.end_command(false);
    it.end_command(false);
    CHECK_FALSE(it.is_seen_by_echo());
    it.end_command(false);
    end_one(it, false);
    CHECK(it.is_seen_by_echo());
}

TEST_CASE("the line that the module prints as it starts is known as a whole; where none is known, no line is one") {
    const detail::restart_watch it{"*ATREADY: 1"};
    CHECK(it.is_seen_by("*ATREADY: 1"));
    CHECK_FALSE(it.is_seen_by("*ATREADY: 2"));
    CHECK_FALSE(it.is_seen_by("*ATREADY: 1 "));
    CHECK_FALSE(it.is_seen_by("*ATREADY:"));
    CHECK_FALSE(it.is_seen_by(""));
    CHECK_FALSE(detail::restart_watch{""}.is_seen_by(""));
    CHECK_FALSE(detail::restart_watch{""}.is_seen_by("*ATREADY: 1"));
}

TEST_CASE("a configuration that is gone is so until it is asked for once more") {
    detail::restart_watch it{""};
    it.look_for_configuration();
    it.hear_answer(configuration_is{});
    CHECK_FALSE(it.is_unconfigured());
    it.hear_answer(no_configuration{});
    CHECK(it.is_unconfigured());
    it.look_for_configuration();
    CHECK_FALSE(it.is_unconfigured());
}
