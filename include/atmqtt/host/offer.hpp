// What is handed out to a module: a command, the payload behind it, or a probe whether it still answers.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/field_writer.hpp"
#include "../at/types.hpp"
#include "../core/buffer.hpp"
#include "../core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt {

struct chat_probe;  // of the tests

namespace detail {

/// Bytes that are to go out, in memory that is lent, and how far they have.
class offer {
public:
    enum class part : std::uint8_t { nothing, command, payload, probe };

    explicit offer(buffer lent) : lent_(lent) {}
    void rebind(buffer lent) { lent_ = lent; }
    void rebind(std::string_view payload) { payload_ = payload; }

    // --- what there is ---

    /// Where a command is written.
    buffer space() const { return lent_; }
    /// Writes any text there, with a CR; or says why not.
    error write(std::string_view text) {
        std::size_t at = 0;
        while (at != text.size() && !is_forbidden(text[at])) ++at;
        if (at != text.size()) return {errc::forbidden_byte, param::none, at};
        if (text.size() >= limits::line) return {errc::too_long};
        if (text.size() >= lent_.size()) return {errc::no_space};
        copy(lent_.data(), text);
        lent_.data()[text.size()] = '\r';
        return {};
    }
    /// A command that was written there is `size` bytes long, with its CR.
    void set_command(std::size_t size) {
        size_ = size;
        topic_size_ = 0;
        payload_ = {};
    }
    /// The topic in it.
    void set_topic(std::size_t at, std::size_t size) {
        topic_at_ = at;
        topic_size_ = size;
    }
    void set_payload(std::string_view payload) { payload_ = payload; }
    std::string_view topic() const { return {lent_.data() + topic_at_, topic_size_}; }
    /// Whether a line is the command as a module sends it back; or, `with_probe`, the probe.
    bool is_echo(std::string_view bytes, bool with_probe) const {
        return is_all_but_cr(bytes, command()) || (with_probe && is_all_but_cr(bytes, probe));
    }

    // --- handing out ---

    void start(part what) {
        what_ = what;
        at_ = 0;
        is_given_ = false;
    }
    /// Nothing of it is wanted any more.
    void stop() {
        start(part::nothing);
        payload_ = {};
    }
    /// Gives all that is left. What was given counts as on its way.
    std::string_view give() {
        const std::string_view next = left();
        if (!next.empty()) is_given_ = true;
        return next;
    }
    /// `count` bytes of what was given are out. True if they were the last.
    bool take(std::size_t count) {
        const std::size_t most = is_given_ ? left().size() : 0;
        if (most == 0) return false;
        at_ += count < most ? count : most;
        return count >= most;
    }
    bool is_given() const { return is_given_; }
    /// A part may be out, and the rest is not.
    bool is_under_way() const { return is_given_ && !left().empty(); }

private:
    friend struct atmqtt::chat_probe;

    static constexpr std::string_view probe = "AT\r";

    static bool is_all_but_cr(std::string_view bytes, std::string_view sent) {
        return bytes.size() + 1 == sent.size() && begins_with(sent, bytes);
    }
    std::string_view command() const { return {lent_.data(), size_}; }
    std::string_view left() const {
        switch (what_) {
            case part::nothing: break;
            case part::command: return rest(command(), at_);
            case part::payload: return rest(payload_, at_);
            case part::probe: return rest(probe, at_);
        }
        return {};
    }

    buffer lent_;
    std::string_view payload_ = {};  // borrowed
    std::size_t size_ = 0;           // of the command
    std::size_t topic_at_ = 0;
    std::size_t topic_size_ = 0;
    std::size_t at_ = 0;  // bytes that are out
    part what_ = part::nothing;
    bool is_given_ = false;
};

}  // namespace detail

}  // namespace atmqtt
