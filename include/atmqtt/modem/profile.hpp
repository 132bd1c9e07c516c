// What a host has configured: where to connect, as whom, and with which will.                  [2.3.1, 2.3.2]
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/commands.hpp"
#include "../at/lines.hpp"
#include "../core/buffer.hpp"
#include "../mqtt/packets.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt {

/// The parameters of CFG and OPEN, kept one behind the other in memory that the caller lends.
class profile {
public:
    /// Bytes that hold any.
    static constexpr std::size_t most = 5 * limits::word + limits::topic + limits::will;

    explicit profile(buffer lent) : lent_(lent) {}
    /// Goes on in memory of the same size, into which the caller has copied that of the one before.
    void rebind(buffer lent) { lent_ = lent; }

    /// Whether CFG was there.
    bool is_set() const { return is_set_; }
    /// It is not any more. Which session it was for is remembered.
    void clear() { is_set_ = false; }
    /// Takes in what CFG says. False, and nothing changes, if there is no room.
    bool set(const configure& m) {
        const text* const texts[] = {&m.host, &m.id, &m.user, &m.passwd, &m.version};
        std::size_t needed = 0;
        for (const text* const one : texts) needed += one->size();
        if (needed > lent_.size()) return false;
        used_ = 0;
        for (std::size_t which = 0; which != will_topic_place; ++which) keep(which, *texts[which]);
        configured_ = used_;
        port_ = m.port;
        keep_alive_ = m.keep_alive;
        clean_ = m.clean;
        encrypt_ = m.encrypt;
        return is_set_ = true;
    }
    /// Takes in what OPEN says. False if there is no room.
    bool set(const open& m) {
        used_ = configured_;
        if (m.will_flag && m.will_topic.size() + m.will_mesg.size() > lent_.size() - used_) return false;
        keep(will_topic_place, m.will_flag ? m.will_topic : text{});
        keep(will_mesg_place, m.will_flag ? m.will_mesg : text{});
        has_user_ = m.usr_flag;
        has_passwd_ = m.pwd_flag;
        has_will_ = m.will_flag;
        will_retain_ = m.will_flag && m.will_retain;
        will_qos_ = m.will_flag ? m.will_qos : qos::at_most_once;
        return true;
    }

    /// Whether another CFG would be for the same session of the same broker; also behind `clear`.
    bool is_session_of(const configure& m) const {
        return m.host == host() && m.port == port_ && m.id == kept(id_place);
    }
    std::string_view host() const { return kept(host_place); }
    std::uint16_t port() const { return port_; }
    bool encrypts() const { return encrypt_; }
    std::string_view version() const { return kept(version_place); }

    /// The packet that opens a connection.
    mqtt::connect greeting(protocol_level protocol) const {
        mqtt::connect m;
        m.protocol = protocol;
        m.clean = clean_;
        m.keep_alive = keep_alive_;
        m.id = kept(id_place);
        m.has_will = has_will_;
        m.will_retain = will_retain_;
        m.will_qos = will_qos_;
        m.will_topic = kept(will_topic_place);
        m.will_message = kept(will_mesg_place);
        m.has_user = has_user_;
        m.has_passwd = has_passwd_;
        if (has_user_) m.user = kept(user_place);
        if (has_passwd_) m.passwd = kept(passwd_place);
        return m;
    }
    /// What AT+MQTTCFG? answers: nine parameters, whichever CFG was given.                                [2.3.1]
    configuration_is shown() const {
        return {host(), port_, kept(id_place), keep_alive_, kept(user_place), clean_, false, version(), encrypt_};
    }

private:
    enum place : std::uint8_t {
        host_place,
        id_place,
        user_place,
        passwd_place,
        version_place,
        will_topic_place,
        will_mesg_place,
        place_count,
    };
    struct span {
        std::uint16_t at = 0;
        std::uint16_t size = 0;
    };

    void keep(std::size_t which, const text& from) {
        const auto copied = from.copy_to({lent_.data() + used_, lent_.size() - used_});
        spans_[which] = {used_, static_cast<std::uint16_t>(copied ? copied->size() : 0)};
        used_ = static_cast<std::uint16_t>(used_ + spans_[which].size);
    }
    std::string_view kept(place which) const { return {lent_.data() + spans_[which].at, spans_[which].size}; }

    buffer lent_;
    std::uint16_t used_ = 0;
    std::uint16_t configured_ = 0;  // bytes that are of CFG
    std::uint16_t port_ = 0;
    std::uint16_t keep_alive_ = 0;  // seconds
    bool is_set_ = false;
    bool clean_ = true;
    bool encrypt_ = false;
    bool has_user_ = false;
    bool has_passwd_ = false;
    bool has_will_ = false;
    bool will_retain_ = false;
    qos will_qos_ = qos::at_most_once;
    span spans_[place_count] = {};
};

}  // namespace atmqtt
