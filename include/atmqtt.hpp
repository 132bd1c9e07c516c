// atmqtt: the MQTT AT commands of the OneMO ML302, from both ends of the wire. Header-only, C++17, no allocation, no I/O.
//
// Reading map, each floor usable alone:
//   at/commands.hpp       what a host sends: one struct a command, in the manual's order
//   at/lines.hpp          what a modem sends: one struct a line
//   at/codec.hpp          format, parse_command, parse_line, parse<...>, max_size
//   at/types.hpp          states, error codes, names of parameters, limits
//   at/tolerances.hpp     what is forgiven
//   at/subscriptions.hpp  the items of a list of subscriptions
//   at/describe.hpp       one line of masked text for logs
//   host/host.hpp         the driver's end: brings a module up, keeps it open
//   host/host_events.hpp  its settings, options and events
//   host/chat.hpp         one command at a time, and a verdict on each
//   host/chat_events.hpp  its verdicts, options and events
//   host/line_reader.hpp  bytes from a modem -> lines, prompts, messages
//   host/events.hpp       its options and events
//   modem/command_reader.hpp  bytes from a host -> commands, counted data
//   link/link.hpp         the life of a connection: a table of its phases, timeouts, tries to reconnect
//   modem/modem.hpp       the module's end: obeys commands, speaks MQTT
//   modem/modem_events.hpp    its memory, options and events
//   modem/session.hpp     MQTT in flight, between a broker and a modem
//   modem/packet_reader.hpp   bytes from a broker -> packets
//   mqtt/packets.hpp      the 14 packets, one struct each
//   mqtt/codec.hpp        encode, decode
//   mqtt/text.hpp         UTF-8, topic names and filters, and which matches which
//   core/                 result, buffer, match, time
// SPDX-License-Identifier: MIT
#pragma once

#include "atmqtt/at/codec.hpp"
#include "atmqtt/at/commands.hpp"
#include "atmqtt/at/describe.hpp"
#include "atmqtt/at/lines.hpp"
#include "atmqtt/at/subscriptions.hpp"
#include "atmqtt/at/text.hpp"
#include "atmqtt/at/tolerances.hpp"
#include "atmqtt/at/types.hpp"
#include "atmqtt/core/buffer.hpp"
#include "atmqtt/core/match.hpp"
#include "atmqtt/core/result.hpp"
#include "atmqtt/core/time.hpp"
#include "atmqtt/host/chat.hpp"
#include "atmqtt/host/host.hpp"
#include "atmqtt/host/line_reader.hpp"
#include "atmqtt/link/link.hpp"
#include "atmqtt/modem/command_reader.hpp"
#include "atmqtt/modem/modem.hpp"
#include "atmqtt/modem/packet_reader.hpp"
#include "atmqtt/modem/session.hpp"
#include "atmqtt/mqtt/codec.hpp"
#include "atmqtt/mqtt/packets.hpp"
#include "atmqtt/mqtt/text.hpp"
#include "atmqtt/mqtt/types.hpp"
