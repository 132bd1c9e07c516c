// What stream.hpp declares. JSON is compiled here alone.
// SPDX-License-Identifier: MIT
#include "stream.hpp"

#include "decoder.hpp"
#include "printer.hpp"

#include <utility>

namespace decode {

class stream::machine {
public:
    virtual ~machine() = default;
    virtual void take(std::string_view bytes, std::string& to) = 0;
    virtual void finish(std::string& to) = 0;
    virtual void stamp(std::string_view time) = 0;
};

template <class Decoder>
class stream::machine_of final : public machine {
public:
    machine_of(Decoder decoder, const way& how) : decoder_(std::move(decoder)), from_(how.from), print_(how.shape) {}

    void take(std::string_view bytes, std::string& to) override {
        decoder_.take(bytes, [&](const item& found) { print_(found, to); });
    }
    void finish(std::string& to) override {
        decoder_.finish([&](const item& found) { print_(found, to); });
    }
    void stamp(std::string_view time) override { print_.stamp(from_, time); }

private:
    Decoder decoder_;
    std::string from_;
    printer print_;
};

stream::stream(const way& how) {
    const auto policy = how.policy == "counted" ? atmqtt::length_policy::counted : atmqtt::length_policy::line_end;
    if (how.from == "host")
        machine_ = std::make_unique<machine_of<from_host>>(from_host{how.at_once}, how);
    else
        machine_ = std::make_unique<machine_of<from_modem>>(from_modem{policy}, how);
}
stream::~stream() = default;

void stream::take(std::string_view bytes, std::string& to) { machine_->take(bytes, to); }
void stream::finish(std::string& to) { machine_->finish(to); }
void stream::stamp(std::string_view time) { machine_->stamp(time); }

namespace {

way forth(way how) {
    how.at_once = true;  // or the answer would stand before the command
    return how;
}
way back(const way& how) {
    way other = forth(how);
    other.from = how.from == "host" ? "modem" : "host";
    return other;
}

}  // namespace

dialogue::dialogue(const way& how) : forth_(forth(how)), back_(back(how)) {}

void dialogue::take(std::string_view dump, std::string& to) {
    dump_.take(dump, [&](bool is_forth, std::string_view time, std::string_view bytes) {
        stream& one = is_forth ? forth_ : back_;
        one.stamp(time);
        one.take(bytes, to);
    });
}
void dialogue::finish(std::string& to) {
    take("\n", to);
    dump_.finish();
    forth_.finish(to);
    back_.finish(to);
}

}  // namespace decode
