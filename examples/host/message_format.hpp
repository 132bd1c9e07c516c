// What `sub -F` prints of a message.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/at/lines.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace host_tool {

/// Its topic, as it is meant.
std::string topic_of(const atmqtt::message& m);

/// Text in which a conversion stands for something of the message, or of the time at which it came, as mosquitto_sub has it:
///
///   %t topic  %p payload  %x %X payload in hexadecimal  %l its length  %q QoS  %r whether it was retained  %m its identifier, or 0
///   %j all of that as JSON  %J the same, and a payload that is JSON stands in it as such
///   %I date and time  %U seconds since 1970  @Y and the like: what strftime makes of %Y  @N nanoseconds
///   %% @@ \\ themselves  \0 \a \e \n \r \t \v as in C
class message_format {
public:
    /// Throws std::invalid_argument, which says what is wrong, where it is no such text.
    explicit message_format(std::string_view words);

    /// What is printed of a message that has come now.
    std::string text(const atmqtt::message& m) const;

private:
    struct piece {
        char lead;  // '%' or '@' in front of a conversion, 0 of a byte that stands for itself
        char what;
    };

    std::vector<piece> pieces_;
};

}  // namespace host_tool
