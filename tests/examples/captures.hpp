// The program under test, the sample captures, and what the contract says of each: the goldens.
// SPDX-License-Identifier: MIT
#pragma once

#include "../../examples/decode/stream.hpp"
#include "process.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

using json = nlohmann::json;
using words = std::vector<std::string>;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace decode {

/// A command line: the program, which ATMQTT_DECODE names, with these options.
words with(const words& options);
words as_json(const std::string& from, const words& more = {});

std::vector<std::string_view> lines_of(std::string_view output);
/// One object; throws where the text is none.
json object_in(std::string_view line);
/// One object a line.
std::vector<json> objects_of(std::string_view output);
std::string text_of(const json& object);

/// A number of an object as it stands in the output. Texts cannot imitate it: a quote in them is escaped.
std::size_t number_in(std::string_view object, std::string_view key);

/// Runs the program on this input and gives its objects, having looked at what must hold for any input.
std::vector<json> decoded(const words& arguments, std::string_view input);
/// The same, with the decoder in this process.
std::vector<json> decoded(const way& how, std::string_view input);
/// What the program prints if its input comes in these chunks, from the decoder in this process: where thousands of inputs are
/// tried, the program is not started for each.
std::string printed(const way& how, const std::vector<std::string_view>& chunks);
/// The same as `as_json`, for these.
way as_objects(const std::string& from, const std::string& policy = "line_end");

/// Compares with what is expected. The words of `why` are free, but it must have some.
void compare(std::vector<json> actual, const std::vector<json>& expected);

/// Adds up the sizes of objects as they come, and tells the first that does not follow on the one before.
class account {
public:
    void operator()(std::string_view output);
    std::size_t total() const { return total_; }
    std::size_t objects() const { return objects_; }
    /// Nothing, or the object that is wrong, or the line without an end.
    const std::string& trouble() const { return trouble_.empty() ? rest_ : trouble_; }

private:
    void add(std::string_view object);

    std::string rest_;
    std::string trouble_;
    std::size_t total_ = 0;
    std::size_t objects_ = 0;
};

struct capture {
    std::string name;  // as in hostile.modem
    std::string from;
    std::string path;
    std::string bytes;
    std::vector<json> golden;
};

inline const std::filesystem::path captures_folder = "examples/captures";
inline const std::filesystem::path goldens_folder = "tests/examples/golden";

/// All of them, in the order of their names.
const std::vector<capture>& captures();

std::size_t start_of(const json& object);
std::size_t end_of(const json& object);
std::string_view bytes_of(const capture& sample, const json& object);

/// Where the count of a message ends by its declared length; for a message whose line ends in CR LF.
std::size_t end_of_count(const json& message);

}  // namespace decode

namespace doctest {
template <>
struct StringMaker<json> {
    static String convert(const json& object) { return decode::text_of(object).c_str(); }
};
template <>
struct StringMaker<words> {
    static String convert(const words& all) {
        std::string line;
        for (const auto& word : all) line += word + " ";
        return line.c_str();
    }
};
}  // namespace doctest
