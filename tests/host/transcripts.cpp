// Dialogues with modules, from files: tests/transcripts/README.md. Each is replayed whole, byte by byte and at every split, from
// several readings of the clock, and must always be the same.
// SPDX-License-Identifier: MIT
#include "chat_world.hpp"

#include <atmqtt/at/codec.hpp>
#include <atmqtt/host/chat.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace chat_world;

namespace {

/// What a line of a file says: a word, and the rest behind one blank.
struct step {
    std::size_t number;
    std::string word;
    std::string rest;
};

using script = std::vector<step>;

script read(const std::filesystem::path& file) {
    std::ifstream in(file);
    script all;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        if (line.empty() || line[0] == '#') continue;
        const std::size_t blank = std::min(line.find(' '), line.size());
        all.push_back({number, line.substr(0, blank), line.substr(std::min(blank + 1, line.size()))});
    }
    return all;
}

int digit(char byte) { return byte <= '9' ? byte - '0' : byte - 'A' + 10; }

/// \r, \n, \\ and \xHH are what they are in C.
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at != text.size(); ++at) {
        if (text[at] != '\\') {
            out += text[at];
            continue;
        }
        REQUIRE(at + 1 != text.size());
        const char code = text[++at];
        if (code == 'x') {
            REQUIRE(at + 2 < text.size());
            out += static_cast<char>(digit(text[at + 1]) * 16 + digit(text[at + 2]));
            at += 2;
        } else {
            REQUIRE((code == 'r' || code == 'n' || code == '\\'));
            out += code == 'r' ? '\r' : code == 'n' ? '\n' : '\\';
        }
    }
    return out;
}

bool comes_from_module(const step& one) { return one.word == "<" || one.word == "<<"; }
std::string bytes_of(const step& one) {
    if (one.word == "<") return unescaped(one.rest);
    if (one.word == "<<") return crlf(unescaped(one.rest));
    if (one.word == ">") return unescaped(one.rest);
    return unescaped(one.rest) + "\r";
}
std::size_t bytes_in(const script& all) {
    std::size_t size = 0;
    for (const step& one : all)
        if (comes_from_module(one)) size += bytes_of(one).size();
    return size;
}

/// Where the bytes are split, both ways: nowhere, everywhere, or those of the module before byte `at`.
struct split {
    bool is_everywhere = false;
    std::size_t at = 0;
};

class replay {
public:
    replay(const script& all, split where, std::uint32_t clock) : all_(all), where_(where), w_(clock, options(all)) {}

    void run() {
        for (const step& one : all_) {
            if (comes_from_module(one)) {
                pending_ += bytes_of(one);
            } else if (one.word == "=") {
                expected_.push_back(one.rest);
            } else {
                flush(one.number);
                play(one);
            }
        }
        flush(all_.back().number);
    }

private:
    static chat_options options(const script& all) {
        chat_options chosen;
        for (const step& one : all) {
            if (one.word != "option") continue;
            const std::size_t blank = one.rest.find(' ');
            REQUIRE(blank != std::string::npos);
            const auto value = static_cast<std::uint32_t>(std::stoul(one.rest.substr(blank)));
            const std::map<std::string, millis chat_options::*> spans = {
                {"plain", &chat_options::plain},       {"request", &chat_options::request},
                {"counting", &chat_options::counting}, {"configure", &chat_options::configure},
                {"open", &chat_options::open},         {"disconnect", &chat_options::disconnect},
                {"pause", &chat_options::pause},       {"grace", &chat_options::grace},
                {"settle", &chat_options::settle}};
            const auto found = spans.find(one.rest.substr(0, blank));
            REQUIRE(found != spans.end());
            chosen.*found->second = millis{value};
        }
        return chosen;
    }

    // What has come since the last step of ours, and what has come of it.
    void flush(std::size_t number) {
        CAPTURE(number);
        std::string chunk;
        for (const char byte : pending_) {
            if (!chunk.empty() && (where_.is_everywhere || heard_ == where_.at)) {
                w_.hear(chunk);
                chunk.clear();
            }
            chunk += byte;
            ++heard_;
        }
        if (!chunk.empty()) w_.hear(chunk);
        pending_.clear();
        const words told = w_.told();
        for (std::size_t at = 0; at != std::max(told.size(), expected_.size()); ++at) {
            const std::string is = at < told.size() ? told[at] : "nothing";
            const std::string should_be = at < expected_.size() ? expected_[at] : "nothing";
            CHECK(is == should_be);
        }
        expected_.clear();
    }

    void play(const step& one) {
        const std::size_t number = one.number;
        CAPTURE(number);
        if (one.word == "option") return;
        if (one.word == "send") return send(one.rest);
        if (one.word == "message") return send_message(one.rest);
        if (one.word == "busy") return check_busy();
        if (one.word == "wait") return w_.pass(millis{static_cast<std::uint32_t>(std::stoul(one.rest))});
        if (one.word == ">" || one.word == ">>") return check_taken(bytes_of(one));
        if (one.word == "nothing") return check_taken("");
        if (one.word == "lost") return w_.it.lost(w_.now);
        if (one.word == "restarted") {
            w_.it.restarted(w_.now);
            return w_.tick();
        }
        FAIL("no such word: ", one.word);
    }
    void check_busy() {
        CHECK_FALSE(w_.it.is_ready());
        CHECK(w_.it.send(raw_command{"AT"}).why().code == errc::busy);
    }
    void check_taken(const std::string& bytes) {
        std::string taken;
        for (bool is_more = true; is_more && taken.size() < bytes.size();) {
            const std::string some = w_.take(where_.is_everywhere ? 1 : bytes.size() - taken.size());
            is_more = !some.empty();
            taken += some;
        }
        if (bytes.empty()) taken = w_.it.transmit();
        CHECK(in_quotes(taken) == in_quotes(bytes));
    }
    void send(const std::string& line) {
        const std::string bytes = unescaped(line);
        const auto m = parse_command(bytes);
        if (!m) {
            REQUIRE(w_.it.send(raw_command{bytes}));
            return;
        }
        match(*m, [this](const auto& one) {
            if constexpr (std::is_same_v<std::decay_t<decltype(one)>, publish_counted>)
                FAIL("counted: to be sent by `message`");
            else
                REQUIRE(w_.it.send(one));
        });
    }
    // message TOPIC QOS RETAIN PAYLOAD
    void send_message(std::string_view words) {
        const std::size_t topic = words.find(' ');
        REQUIRE(topic + 4 < words.size());
        payload_ = unescaped(rest(words, topic + 5));
        const std::string name{first(words, topic)};
        const auto level = static_cast<qos>(words[topic + 1] - '0');
        REQUIRE(w_.it.send_message({name, level, words[topic + 3] == '1', false, {}}, payload_));
    }

    const script& all_;
    split where_;
    world w_;
    std::string pending_;
    words expected_;
    std::string payload_;
    std::size_t heard_ = 0;
};

std::vector<std::filesystem::path> files() {
    std::vector<std::filesystem::path> all;
    for (const auto& entry : std::filesystem::directory_iterator("tests/transcripts"))
        if (entry.path().extension() == ".at") all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace

TEST_CASE("each transcript comes out as it is written, however its bytes are cut, whatever the clock reads") {
    const auto all = files();
    CHECK(all.size() >= 15);
    for (const auto& file : all) {
        const std::string name = file.filename().string();
        CAPTURE(name);
        const script one = read(file);
        REQUIRE_FALSE(one.empty());
        for (const std::uint32_t clock : clocks()) {
            CAPTURE(clock);
            replay{one, {}, clock}.run();
            replay{one, {true}, clock}.run();
        }
        for (std::size_t at = 1; at < bytes_in(one); ++at) {
            CAPTURE(at);
            replay{one, {false, at}, 0}.run();
        }
    }
}
