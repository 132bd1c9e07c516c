// What the command lines of the programs have in common.
// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace command_line {

/// Makes of a word a whole number within these bounds, for `transform`. The parser of options takes 010 for 8, and -1 for a large one.
/// It does not show the word, which may be a password behind a wrong option.
inline CLI::Validator decimal(std::uint64_t least, std::uint64_t most) {
    return {[least, most](std::string& word) {
                std::uint64_t value = 0;
                const char* const end = word.data() + word.size();
                const auto read = std::from_chars(word.data(), end, value);
                const bool is_one = read.ec == std::errc{} && read.ptr == end;
                if (!is_one || value < least || value > most)
                    return "not a whole number from " + std::to_string(least) + " to " + std::to_string(most);
                word = std::to_string(value);
                return std::string();
            },
            ""};
}

/// The name in a word that begins as options do; of a short one, its value may follow without a blank.
inline std::string option_in(const std::string& word) {
    return word[1] == '-' ? word.substr(0, word.find('=')) : word.substr(0, 2);
}

/// What can be told of words that nothing was expected for: the names of options. Whatever else there is may be a password.
inline std::string unexpected(const std::vector<std::string>& words) {
    std::string told;
    std::size_t others = 0;
    for (const std::string& word : words) {
        if (word.size() < 2 || word[0] != '-')
            ++others;
        else
            told += (told.empty() ? "" : ", ") + option_in(word);
    }
    if (others != 0)
        told += (told.empty() ? "" : ", and ") + std::to_string(others) + (others == 1 ? " word" : " words") +
                " not shown here";
    return "not expected: " + told;
}

}  // namespace command_line
