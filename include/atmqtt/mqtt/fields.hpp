// The three walkers of a packet's field list: byte_reader decodes, byte_writer encodes, byte_meter counts.
//
// A packet names its fields once, by the calls below; which walker it is given decides what that means. They return true, so
// that a list is one expression of && and ||; what has failed is asked for at its end. But a byte_meter stops where the packet is
// longer than MQTT allows.
//
//   bit_at(place, member)          a flag in the byte of flags at hand: first the fixed header's, then those of next_flags
//   level(place, member)           a QoS in two bits of it
//   next_flags()                   a byte of flags
//   reserved_flags(mask)           these bits of it are 0, and it ends
//   protocol(member)               the protocol's name and level
//   number(name, member)           16 bits
//   id(member)                     a packet identifier: not 0
//   choice(name, member, last)     one byte, 0..last
//   string(name, member)           UTF-8 behind its length
//   topic_name(name, member)       the same, a topic name
//   topic_filter(member)           the same, a topic filter
//   binary(name, member)           any bytes behind their length
//   codes(member)                  the bytes that end a SUBACK
//   filters(member, have_levels)   further topic filters that end a packet, each with a QoS or without: kept as they stand there,
//                                  and written as they are
//   payload(member)                the bytes that end a PUBLISH
//   check(holds, name)             what must hold between members
// SPDX-License-Identifier: MIT
#pragma once

#include "byte_meter.hpp"
#include "byte_reader.hpp"
#include "byte_writer.hpp"
