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
};

template <class Decoder>
class stream::machine_of final : public machine {
public:
    machine_of(Decoder decoder, form shape) : decoder_(std::move(decoder)), print_(shape) {}

    void take(std::string_view bytes, std::string& to) override {
        decoder_.take(bytes, [&](const item& found) { print_(found, to); });
    }
    void finish(std::string& to) override {
        decoder_.finish([&](const item& found) { print_(found, to); });
    }

private:
    Decoder decoder_;
    printer print_;
};

stream::stream(const way& how) {
    const auto policy = how.policy == "counted" ? atmqtt::length_policy::counted : atmqtt::length_policy::line_end;
    if (how.from == "host")
        machine_ = std::make_unique<machine_of<from_host>>(from_host{}, how.shape);
    else
        machine_ = std::make_unique<machine_of<from_modem>>(from_modem{policy}, how.shape);
}
stream::~stream() = default;

void stream::take(std::string_view bytes, std::string& to) { machine_->take(bytes, to); }
void stream::finish(std::string& to) { machine_->finish(to); }

}  // namespace decode
