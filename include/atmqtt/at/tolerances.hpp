// What the readers forgive: every deviation from the manual that modules or its own pages show, by name.
// SPDX-License-Identifier: MIT
#pragma once

namespace atmqtt {

/// Deviations that are read although they are never written. On by default where no ambiguity can come of it; and `bare_topic`,
/// without which the manual's own dialogue could not be read: it cuts a bare topic with a comma in it.
/// Always read, and so without a switch: commands in either case, `\"` in any quoted text.
struct tolerances {
    /// `+MQTT UNSUBACK:`, `AT+ MQTTOPEN`, `+ MQTTREC:` [2.3.5, 2.3.2, 2.3.9], and `AT+MQTTDISC ` behind a name that nothing follows; in
    /// `+CME ERROR` they are read whatever this says
    bool head_blanks = true;
    bool field_blanks = true;   ///< `0,0,0, "",""` and blanks at the end of a line, but of a bare topic [2.3.2]
    bool bare_topic = true;     ///< `+MQTTPUBLISH:0,1,0,1,pyr,3,abc` [3.2]: the first comma ends the topic
    bool bare_error = true;     ///< `+CME ERROR` without a code [2.3.2], or with its colon alone
    bool error_text = true;     ///< `+CME ERROR: <words>`, as after AT+CMEE=2
    bool ping_heading = true;   ///< `+MQTT PINGRSP OK`, the heading of [2.4.2] and what its 2016 ancestor prints
    bool curly_quotes = false;  ///< `”test”` [2.3.5]: how the document's typesetting came into copied commands
    bool next_line_payload =
        false;  ///< the payload of +MQTTPUBLISH on the line after, as the 2016 ancestor prints it; line_reader only
    bool wrong_length = false;  ///< `14,abxxxxabc` [2.4.1]: msg_len is not the length of what is printed

    /// All of them: for reading captures, where nothing is at stake.
    static constexpr tolerances all() {
        tolerances every;
        every.curly_quotes = every.next_line_payload = every.wrong_length = true;
        return every;
    }
    /// None of them: what the manual's table of each command and line says. Its own `+MQTT UNSUBACK:`, and a `+CME ERROR` with words or
    /// nothing behind it, are deviations too.
    static constexpr tolerances none() { return {false, false, false, false, false, false, false, false, false}; }
};

/// The tolerances that are on unless the caller says otherwise.
inline constexpr tolerances usual_tolerances{};

}  // namespace atmqtt
