// What the program says when it cannot read, and what it does when nobody reads it.
// SPDX-License-Identifier: MIT
#include "captures.hpp"

using namespace decode;

namespace {

/// Exit code 2, nothing but one line on standard error, and the words in it that tell what is wrong.
void check_refused(const words& options, const std::string& about) {
    CAPTURE(options);
    const auto result = process::run(with(options), "OK\r\n");
    CHECK(result.status == 2);
    CHECK(result.out == "");
    CHECK(lines_of(result.err).size() == 1);
    CHECK(result.err.size() > about.size());
    CHECK(result.err.find('\n') == result.err.size() - 1);
    CHECK(result.err.find(about) != std::string::npos);
}

const std::string sample = "examples/captures/manual-section-3.modem.bin";

}  // namespace

TEST_CASE("wrong usage exits with 2 and one line that tells what is wrong") {
    check_refused({"--wrong"}, "--wrong");
    check_refused({"-x"}, "-x");
    check_refused({"--from", "radio"}, "radio");
    check_refused({"--from", "MODEM"}, "MODEM");
    check_refused({"--from", ""}, "--from");
    check_refused({"--from"}, "--from");
    check_refused({"--policy", "maybe"}, "maybe");
    check_refused({"--policy"}, "--policy");
    check_refused({sample, "second.bin"}, "second.bin");
    check_refused({"--json=maybe", sample}, "json");
}

TEST_CASE("a FILE that cannot be read exits with 2 and one line that names it") {
    check_refused({"no/such/file.bin"}, "no/such/file.bin");
    check_refused({"examples/captures"}, "examples/captures");
    check_refused({"--json", sample + "/below"}, sample + "/below");
}

TEST_CASE("wrong usage is told before anything is read") {
    process::child one{with({"--from", "radio"})};
    CHECK(one.line() == std::nullopt);  // with the input still open
    CHECK(one.finish() == 2);
}

TEST_CASE("--help explains every option, and exits with 0") {
    const auto result = process::run(with({"--help"}));
    CHECK(result.status == 0);
    CHECK(result.err == "");
    for (const auto* word : {"--from", "modem", "host", "--json", "--policy", "counted", "line_end", "FILE"}) {
        CAPTURE(word);
        CHECK(result.out.find(word) != std::string::npos);
    }
}

TEST_CASE("options may stand before and behind FILE") {
    const auto front = process::run(with({"--json", "--from", "modem", "--policy", "counted", sample}));
    const auto back = process::run(with({sample, "--policy=counted", "--from=modem", "--json"}));
    CHECK(front.status == 0);
    CHECK(!front.out.empty());
    CHECK(front.out == back.out);
}

TEST_CASE("a reader that goes away ends the program, neither hanging nor crashing it") {
    std::string bytes;
    for (unsigned i = 0; i < 100000; ++i) bytes += "+MQTTSTAT: 1\r\n";
    for (const words& options : {words{}, words{"--json"}}) {
        const process::deadline until;
        process::child one{with(options)};
        one.write(std::string_view{bytes}.substr(0, 1400), until);
        CHECK(one.line(until).has_value());
        one.close_output();
        one.write(bytes, until);
        const int status = one.finish(until);
        CAPTURE(status);
        const bool is_orderly = status >= 0 || status == -SIGPIPE;
        CHECK(is_orderly);
    }
}
