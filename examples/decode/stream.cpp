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

namespace {

atmqtt::length_policy policy_of(const way& how) {
    return how.policy == "counted" ? atmqtt::length_policy::counted : atmqtt::length_policy::line_end;
}

}  // namespace

stream::stream(const way& how) {
    if (how.from == "host")
        machine_ = std::make_unique<machine_of<from_host>>(from_host{false}, how.shape);
    else
        machine_ = std::make_unique<machine_of<from_modem>>(from_modem{policy_of(how)}, how.shape);
}
stream::~stream() = default;

void stream::take(std::string_view bytes, std::string& to) { machine_->take(bytes, to); }
void stream::finish(std::string& to) { machine_->finish(to); }

class dialogue::ends {
public:
    explicit ends(const way& how) : modem_(policy_of(how)), host_says_(how.shape), modem_says_(how.shape) {}

    void take(bool is_host, std::string_view time, std::string_view bytes, std::string& to) {
        if (is_host) {
            host_says_.stamp("host", time);
            host_.take(bytes, [&](const item& found) { host_says_(found, to); });
        } else {
            modem_says_.stamp("modem", time);
            modem_.take(bytes, [&](const item& found) { hear(found, to); });
        }
    }
    void finish(std::string& to) {
        host_.finish([&](const item& found) { host_says_(found, to); });
        modem_.finish([&](const item& found) { modem_says_(found, to); });
    }

private:
    // What the module says tells whether it counts what the host sends.
    void hear(const item& found, std::string& to) {
        modem_says_(found, to);
        if (found.kind == "prompt") host_.be_prompted();
        if (found.kind == "final" && found.fields["name"] != "OK") host_.be_refused();
    }

    from_host host_{true};
    from_modem modem_;
    printer host_says_;
    printer modem_says_;
};

dialogue::dialogue(const way& how) : is_host_forth_(how.from == "host"), ends_(std::make_unique<ends>(how)) {}
dialogue::~dialogue() = default;

void dialogue::take(std::string_view dump, std::string& to) {
    dump_.take(dump, [&](bool is_forth, std::string_view time, std::string_view bytes) {
        ends_->take(is_forth == is_host_forth_, time, bytes, to);
    });
}
void dialogue::finish(std::string& to) {
    take("\n", to);
    dump_.finish();
    ends_->finish(to);
}

}  // namespace decode
