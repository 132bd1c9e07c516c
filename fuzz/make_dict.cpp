// Prints libFuzzer's dictionary: the heads of all commands and lines in both spellings, and what stands between parameters.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/codec.hpp>

#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace atmqtt;

/// A word as libFuzzer reads it: quotes, backslashes and what is no printable ASCII as \xHH.
void print_word(std::string_view word) {
    std::putchar('"');
    for (const char byte : word) {
        const bool plain = byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
        if (plain)
            std::putchar(byte);
        else
            std::printf("\\x%02X", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    }
    std::puts("\"");
}

template <class Variant>
struct heads_of;
template <class... Messages>
struct heads_of<std::variant<Messages...>> {
    static void add_to(std::set<std::string>& words) {
        (words.emplace(detail::head_of<Messages>(spelling::manual)), ...);
        (words.emplace(detail::head_of<Messages>(spelling::sdk)), ...);
    }
};

}  // namespace

int main() {
    std::set<std::string> words;
    heads_of<command>::add_to(words);
    heads_of<line>::add_to(words);
    heads_of<std::variant<timeout_alarm, message_header>>::add_to(words);
    words.emplace(prompt);
    for (const char* const between : {"\r\n", "\",\"", "\\\"", ",\"", "\",", "\b", "\x1A", "\xE2\x80\x9D"})
        words.emplace(between);
    for (const std::string& word : words) print_word(word);
}
