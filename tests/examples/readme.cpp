// The README shows code that is compiled and run, and commands that exist.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("the first snippet of the README is examples/format.cpp, word for word") {
    const std::string readme = read("README.md");
    const std::string example = read("examples/format.cpp");
    REQUIRE(!readme.empty());
    const auto start = example.find("#include <atmqtt.hpp>");
    REQUIRE(start != std::string::npos);
    const std::string snippet = "```cpp\n" + example.substr(start) + "```";
    CHECK(readme.find("```cpp") == readme.find(snippet));
}

TEST_CASE("the commands that the README prints are there to run") {
    const std::string readme = read("README.md");
    for (const char* const command : {"examples/demo.sh", "tests/run.sh", "bench/gate.sh"}) {
        CAPTURE(command);
        CHECK(readme.find(command) != std::string::npos);
        const auto mode = std::filesystem::status(command).permissions();
        CHECK((mode & std::filesystem::perms::owner_exec) != std::filesystem::perms::none);
    }
}
