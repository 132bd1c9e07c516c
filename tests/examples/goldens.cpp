// Each sample capture through the program, compared with its golden.
// SPDX-License-Identifier: MIT
#include "captures.hpp"

using namespace decode;

TEST_CASE("every capture has a golden, every golden a capture, and the sizes in it add up to the capture") {
    CHECK(captures().size() >= 10);
    for (const auto& entry : std::filesystem::directory_iterator{goldens_folder}) {
        CAPTURE(entry.path().string());
        CHECK(std::filesystem::exists(captures_folder / (entry.path().stem().string() + ".bin")));
    }
    for (const auto& sample : captures()) {
        CAPTURE(sample.name);
        const bool has_direction = sample.from == "modem" || sample.from == "host";
        CHECK(has_direction);
        std::size_t at = 0;
        for (const auto& object : sample.golden) {
            CHECK(start_of(object) == at);
            at = end_of(object);
        }
        CHECK(at == sample.bytes.size());
    }
}

TEST_CASE("a capture read from standard input gives its golden") {
    for (const auto& sample : captures()) {
        CAPTURE(sample.name);
        compare(decoded(as_json(sample.from), sample.bytes), sample.golden);
    }
}

TEST_CASE("a capture read from a file gives byte for byte what it gives from standard input") {
    for (const auto& sample : captures()) {
        CAPTURE(sample.name);
        const auto from_file = process::run(as_json(sample.from, {sample.path}));
        CHECK(from_file.status == 0);
        CHECK(from_file.err == "");
        CHECK(from_file.out == process::run(as_json(sample.from), sample.bytes).out);
        CHECK(!from_file.out.empty());
    }
}

TEST_CASE("a modem's bytes are read where --from is not given") {
    for (const auto& sample : captures()) {
        if (sample.from != "modem") continue;
        CAPTURE(sample.name);
        CHECK(process::run(with({"--json"}), sample.bytes).out == process::run(as_json("modem"), sample.bytes).out);
    }
}

TEST_CASE("nothing in gives nothing out, and is no error") {
    for (const auto* from : {"modem", "host"}) {
        for (const words& options : {words{"--from", from}, words{"--from", from, "--json"}}) {
            const auto result = process::run(with(options));
            CHECK(result.status == 0);
            CHECK(result.out == "");
            CHECK(result.err == "");
        }
    }
}
