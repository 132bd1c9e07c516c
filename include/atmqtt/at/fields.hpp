// The walkers of a field list: field_reader parses, field_writer formats, field_meter measures, field_checker checks commands.
//
// A message names its fields once, by the calls below; which walker it is given decides what that means. They return
// whether to go on, so that a list is one expression of && and ||.
//
//   text(name, member, limit)          a quoted text
//   escaped(name, member, limit)       a quoted text in which a quote is written \"               [2.3.6]
//   topic(name, member)                a topic that another field follows; bare in some spellings
//   last_topic(name, member)           a topic that ends the line; bare in some spellings
//   bare_topic(name, member)           a topic that ends the line; written bare in all spellings
//   hidden(name)                       a quoted text that is never kept: written as "***"          [2.3.1]
//   number(name, member)               digits, any value of the member's type
//   positive(name, member)             the same, but not 0
//   choice(name, member, last)         one digit, 0..last
//   flag(name, member)                 0 or 1
//   status(name, member)               OK or FAIL
//   literal(bytes)                     these bytes in quotes
//   payload(name, member, length)      the raw bytes that end a line
//   error_code(name, message)          what follows +CME ERROR
//   ends(member)                       whether the line ends here, kept in a bool
//   check(holds, name)                 what must hold between members
//   alarm_blank(is_ping)               a blank that only one spelling has
//   open_end()                         a comma that something else follows
// SPDX-License-Identifier: MIT
#pragma once

#include "field_checker.hpp"
#include "field_meter.hpp"
#include "field_reader.hpp"
#include "field_writer.hpp"
