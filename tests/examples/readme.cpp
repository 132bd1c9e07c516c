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

TEST_CASE("the programs that the README prints are those in examples/, word for word") {
    const std::string readme = read("README.md");
    REQUIRE(!readme.empty());
    for (const char* const name : {"examples/format.cpp", "examples/driver.cpp", "examples/mqtt.cpp"}) {
        CAPTURE(name);
        const std::string example = read(name);
        const auto start = example.find("#include <atmqtt.hpp>");
        REQUIRE(start != std::string::npos);
        CHECK(readme.find("```cpp\n" + example.substr(start) + "```") != std::string::npos);
    }
}

TEST_CASE("and what it shows of a stream is what tests/host/readme_stream.cpp compiles and runs") {
    const std::string readme = read("README.md");
    const std::string test = read("tests/host/readme_stream.cpp");
    const auto start = test.find("#include <atmqtt.hpp>");
    const auto end = test.find("// --- the end of the README's ---");
    REQUIRE(start < end);
    REQUIRE(end != std::string::npos);
    CHECK(readme.find("```cpp\n" + test.substr(start, end - start) + "```") != std::string::npos);
}

TEST_CASE("the commands that the README prints are there to run") {
    const std::string readme = read("README.md");
    for (const char* const command :
         {"examples/demo.sh", "examples/tools.sh", "tests/run.sh", "bench/gate.sh", "bench/run.sh"}) {
        CAPTURE(command);
        CHECK(readme.find(command) != std::string::npos);
        const auto mode = std::filesystem::status(command).permissions();
        CHECK((mode & std::filesystem::perms::owner_exec) != std::filesystem::perms::none);
    }
}
