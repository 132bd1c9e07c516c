"""How atmqtt ends: what it says, with which code, and that the module is not left connected."""
# SPDX-License-Identifier: MIT

import fcntl
import os
import pty
import signal
import subprocess
import time
import tty

import programs
import world

UP = {"AT+MQTTOPEN": "+MQTTOPEN: OK|OK", "AT+MQTTDISC": "+MQTTDISC: OK|OK", "AT+MQTTSTAT?": "+MQTTSTAT: 1|OK"}
PUB = ("pub", "-h", "b", "-t", "t")


class case(programs.case):
    def redirected(self, redirection, *words, ignores="", **streams):
        """With a redirection of the shell, and a signal that it ignores."""
        traps = f'trap "" {ignores}; ' if ignores else ""
        made = world.process(self.folder, "/bin/sh", "-c", f'{traps}exec "$0" "$@" {redirection}', os.environ["ATMQTT"],
                             words[0], "--device", self.path("ttyV0"), *words[1:], **streams)
        self.addCleanup(made.kill)
        return made

    def expect_failure(self, made, words):
        """Exit code 1, and one line that holds these words."""
        self.assertEqual(made.result(), 1, made.said())
        self.assertRegex(made.said(), r"\Aatmqtt: [^\n]+\n\Z")
        self.assertIn(words, made.said())

    def silent_module(self):
        """At a pty: the test is the module."""
        outer, inner = pty.openpty()
        tty.setraw(inner)
        os.symlink(os.ttyname(inner), self.path("ttyV0"))
        self.addCleanup(os.close, inner)
        return self.at_port(outer)


class sources(case):
    def test_what_cannot_be_read_is_not_published(self):
        at = self.broker()
        self.module(at)
        for option in ("-s", "-l"):
            self.expect_failure(self.redirected(f"<{self.folder}", *PUB, option), "cannot read standard input: Is a dir")
            self.expect_failure(self.redirected("<&-", *PUB, option), "cannot read standard input: Bad file descriptor")
        self.expect_failure(self.atmqtt(*PUB, "-r", "-f", "/proc/self/mem"), "cannot read /proc/self/mem: ")
        self.expect_failure(self.atmqtt(*PUB, "-f", self.folder), self.folder)
        self.assertNotIn("Received PUBLISH", at.said())

    def test_what_is_too_long_is_refused_before_it_connects(self):
        at = self.broker()
        self.module(at)
        with open(self.path("long"), "wb") as file:
            file.write(b"x" * 1025)
        self.expect_failure(self.atmqtt(*PUB, "-f", self.path("long")), "long is too long: a message has at most 1024 bytes")
        self.expect_failure(self.redirected(f"<{self.path('long')}", *PUB, "-s"), "standard input is too long")
        self.assertNotIn("New client connected", at.said())

    def test_an_empty_input_is_no_message(self):
        at = self.broker()
        self.module(at)
        self.expect_failure(self.redirected("</dev/null", *PUB, "-r", "-s"), "standard input is empty: -n publishes")
        self.assertNotIn("New client connected", at.said())

    def test_a_line_that_is_too_long_ends_it_behind_those_before(self):
        at = self.broker()
        self.module(at)
        made = self.atmqtt(*PUB, "-q", "1", "-l", stdin=subprocess.PIPE)
        made.child.stdin.write(b"first\n" + b"x" * 1025 + b"\n")
        self.assertEqual(made.result(), 1)
        self.assertIn("cannot publish 1025 bytes to t: ", made.said())
        self.assertIn("not published: 1 message; what was not read yet is not counted\n", made.said())
        self.assertEqual(at.said().count("Received PUBLISH"), 1)
        at.await_saying("Received DISCONNECT from atmqtt-")

    def test_closed_streams_are_not_those_of_the_device(self):
        at = self.broker()
        self.module(at)
        made = self.redirected("<&- >&- 2>&-", *PUB, "-q", "1", "-m", "x", "--trace")
        self.assertEqual(made.result(), 0)
        at.await_saying("Received PUBLISH from atmqtt-")


class topics(case):
    def test_each_is_one_word_as_it_is(self):
        at = self.broker()
        self.module(at)
        for topic in ("[a]", "[a,b]", "{}", "[]", "a,b", "%%"):
            there = self.subscriber(at, topic, name="sees" + topic)
            self.pub("-t", topic, "-q", "1", "-r", "-m", "[x]")
            self.assertEqual([one[0] + one[3].decode() for one in there.messages()], [topic + "[x]"])
            self.assertEqual(self.printed(self.sub(at, "-t", topic, "-C", "1")), b"[x]\n")


class signals(case):
    def publishing(self):
        """The broker, and one that has published a line and waits for the next."""
        at = self.broker()
        self.module(at)
        made = self.atmqtt(*PUB, "-q", "1", "-l", "--trace", stdin=subprocess.PIPE)
        made.child.stdin.write(b"zero\n")
        made.await_saying("<- MQTTPUBACK")
        return at, made

    def test_those_that_were_not_published_are_counted(self):
        at, made = self.publishing()
        at.signal(signal.SIGSTOP)
        made.child.stdin.write(b"one\ntwo\nthree\n")
        made.await_saying("-> MQTTPUB ", 2)
        made.signal(signal.SIGTERM)
        made.signal(signal.SIGINT)  # the second does not wait for the broker
        self.assertEqual(made.result(), 1)
        self.assertIn("atmqtt: not published: 3 messages, but the first of them may have been; what was not read yet is not "
                      "counted\n", made.said())

    def test_more_lines_than_it_holds_do_not_keep_it_from_ending(self):
        at, made = self.publishing()
        at.signal(signal.SIGSTOP)
        made.child.stdin.write(b"x\n" * 3000)
        made.await_saying("-> MQTTPUB ", 2)
        made.signal(signal.SIGTERM)
        made.signal(signal.SIGINT)
        self.assertEqual(made.result(), 1)
        self.assertRegex(made.said(), "atmqtt: not published: [0-9]+ messages, [^\n]+; what was not read yet is not counted\n")

    def test_where_all_was_published_all_is_well(self):
        at, made = self.publishing()
        made.signal(signal.SIGINT)
        self.assertEqual(made.result(), 0, made.said())
        at.await_saying("Received DISCONNECT from atmqtt-")

    def test_a_terminal_that_is_closed_ends_it_in_order(self):
        at = self.broker()
        self.module(at)
        made = self.sub(at, "-t", "t")
        made.signal(signal.SIGHUP)
        self.assertEqual(made.result(), 0, made.said())
        at.await_saying("Received DISCONNECT from driven")

    def blocked(self):
        """One that waits for its reader in the middle of a message, and that reader."""
        at = self.broker()
        self.module(at)
        reads, writes = os.pipe()
        fcntl.fcntl(writes, fcntl.F_SETPIPE_SZ, 4096)
        made = self.atmqtt("sub", "-h", "b", "-i", "driven", "-t", "t", "--trace", stdout=writes)
        os.close(writes)
        at.await_saying("Sending SUBACK to driven")
        self.publish(at, "t", b"x" * 4095)  # and a line feed: no byte of the next has room
        self.publish(at, "t", b"y" * 5000)
        made.await_saying("<- MQTTPUBLISH", 2)
        return made, self.at_port(reads)

    def test_a_message_that_is_being_printed_is_printed_whole(self):
        made, output = self.blocked()
        made.signal(signal.SIGTERM)
        self.assertEqual(output.rest(), b"x" * 4095 + b"\n" + b"y" * 5000 + b"\n")
        self.assertEqual(made.result(), 0, made.said())

    def test_the_second_does_not_wait_for_the_reader(self):
        made, _ = self.blocked()
        made.signal(signal.SIGTERM)
        made.signal(signal.SIGINT)
        self.assertEqual(made.result(), 1)

    def test_a_terminal_that_is_closed_does_not_end_what_is_to_outlive_it(self):
        at = self.broker()
        self.module(at)
        made = self.redirected("", "sub", "-h", "b", "-i", "driven", "-t", "t", ignores="HUP", stdout=subprocess.PIPE)
        at.await_saying("Sending SUBACK to driven")
        made.signal(signal.SIGHUP)
        for payload in (b"x", b"y"):
            self.publish(at, "t", payload)
            self.assertEqual(made.child.stdout.readline(), payload + b"\n")


class failures(case):
    def test_what_fails_disconnects(self):
        heard = self.refusing_module({**UP, "AT+MQTTPUB": "+CME ERROR: 601", "AT+MQTTSUB": "+CME ERROR: 605"})
        for words in (PUB + ("-m", "x"), ("sub", "-h", "b", "-t", "t")):
            self.assertEqual(self.atmqtt(*words).result(), 1)
            self.assertEqual(heard.count("AT+MQTTDISC"), 2, heard)  # before it opens, and at the end
            self.assertEqual(heard[-1], "AT+MQTTDISC")
            heard.clear()

    def test_a_refused_configuration_is_one_line(self):
        self.refusing_module({**UP, "AT+MQTTCFG": "ERROR"})
        self.expect_failure(self.atmqtt(*PUB, "-m", "x"), "the module refuses the configuration")

    def test_what_is_doubtful_is_told_once(self):
        self.refusing_module({**UP, "AT+MQTTPUB": "+CME ERROR: 608"})
        self.expect_failure(self.atmqtt(*PUB, "-q", "2", "-m", "x"), "1 of 1 messages: it is not known")


class subscribing(case):
    def test_what_cannot_be_written_ends_it(self):
        at = self.broker()
        self.module(at)
        made = self.redirected(">/dev/full", "sub", "-h", "b", "-i", "driven", "-t", "t")
        at.await_saying("Sending SUBACK to driven")
        self.publish(at, "t", b"x")
        self.expect_failure(made, "cannot write to standard output: No space left on device")
        at.await_saying("Received DISCONNECT from driven")

    def test_a_reader_that_goes_away_ends_it_silently(self):
        at = self.broker()
        self.module(at)
        made = self.sub(at, "-t", "t")
        made.child.stdout.close()
        self.publish(at, "t", b"x")
        self.assertEqual(made.result(), 1)
        self.assertEqual(made.said(), "")

    def test_a_message_that_the_module_cannot_show_is_told(self):
        at = self.broker()
        self.module(at)
        made = self.sub(at, "-t", "t", "-C", "1")
        self.publish(at, "t", b"x" * 70_000)
        self.publish(at, "t", b"small")
        self.assertEqual(self.printed(made), b"small\n")
        self.assertEqual(made.said(), "atmqtt: the module could not show a message (+CME ERROR: 609): it is lost\n")

    def test_those_of_a_program_before_are_not_printed(self):
        old, own = ('+MQTTPUBLISH: 0,0,0,0,"t",3,' + payload for payload in ("old", "own"))
        self.refusing_module({**UP, "AT+CMEE": old + "|OK", "AT+MQTTDEL": old + "|OK",
                              "AT+MQTTOPEN": "+MQTTOPEN: OK|" + own + "|OK", "AT+MQTTSUB": "+MQTTSUBACK: 1,0,t|OK"})
        made = self.atmqtt("sub", "-h", "b", "-t", "t", "-C", "1", stdout=subprocess.PIPE)
        self.assertEqual(self.printed(made), b"own\n")
        self.assertEqual(made.said(), "")

    def test_those_behind_the_last_are_counted(self):
        at = self.broker()
        self.module(at, "--delay-ms", "200")
        made = self.sub(at, "-t", "t", "-C", "2")
        self.publish(at, "t", b"one\ntwo\nthree\nfour\n", "-l")
        self.assertEqual(self.printed(made), b"one\ntwo\n")
        self.assertRegex(made.said(), r"\Aatmqtt: [12] more came, were acknowledged by the module, [^\n]+\n\Z")

    def test_a_time_that_is_over_is_over_where_the_broker_hangs(self):
        at = self.broker()
        self.module(at)
        at.signal(signal.SIGSTOP)
        begin = time.monotonic()
        made = self.atmqtt("sub", "-h", "b", "-t", "t", "-W", "1")
        self.assertEqual((made.result(), made.said()), (27, "atmqtt: timed out: it was not connected yet\n"))
        self.assertLess(time.monotonic() - begin, 4)

    def test_a_time_that_is_over_is_over_where_the_module_is_silent(self):
        self.silent_module()
        made = self.atmqtt("sub", "-h", "b", "-t", "t", "-W", "1")
        self.assertEqual((made.result(), made.said()), (27, "atmqtt: timed out: the module has not answered\n"))


class the_console(case):
    def at(self, text, **streams):
        made = self.atmqtt("at", stdin=subprocess.PIPE, **streams)
        made.child.stdin.write(text)
        return made

    def test_a_module_that_is_gone_ends_it(self):
        self.module(self.broker()).end()
        self.expect_failure(self.at(b"AT\n"), "ttyV0")
        module = self.module(self.broker())
        made = self.at(b"ATI\n", stdout=subprocess.PIPE)
        self.assertEqual(made.child.stdout.readline(), b"atmqtt\n")
        module.end()
        self.expect_failure(made, "ttyV0 is gone: ")

    def test_a_module_that_never_answers_is_asked_for_a_while(self):
        self.silent_module()
        made = self.at(b"AT+MQTTSTAT?\nAT\n", stdout=subprocess.DEVNULL)
        made.child.stdin.close()
        self.assertEqual(made.result(), 1)
        self.assertRegex(made.said(), r"\Aatmqtt: the module does not answer: [^\n]*--baud 115200[^\n]*\n"
                                      r"atmqtt: the module has not answered; lines that were not sent: 1\n\Z")

    def test_a_module_that_answers_late_is_told_what_was_typed(self):
        module = self.silent_module()
        made = self.at(b"AT+MQTTSTAT?\nAT+MQTTREC?\n", stdout=subprocess.PIPE)
        module.skip_to(b"AT+MQTTSTAT?\r")
        made.await_saying("does not answer")
        made.child.stdin.close()
        module.skip_to(b"AT\r")
        module.write(b"\r\nOK\r\n")
        module.skip_to(b"AT+MQTTREC?\r")
        module.write(b"\r\n+MQTTREC: 1,0\r\n\r\nOK\r\n")
        self.assertIn(b"recon=1", made.child.stdout.read())
        self.assertEqual(made.result(), 0)
        self.assertEqual(made.said().count("does not answer"), 1)
        self.assertIn("atmqtt: the module answers\n", made.said())

    def test_what_cannot_be_read_or_written_ends_it(self):
        self.module(self.broker())
        self.expect_failure(self.redirected(f"<{self.folder}", "at"), "cannot read standard input: Is a directory")
        with open(self.path("lines"), "wb") as file:
            file.write(b"ATI\nATI\n")
        self.expect_failure(self.redirected(f"<{self.path('lines')} >/dev/full", "at"), "No space left on device")
        made = self.at(b"ATI\n", stdout=subprocess.PIPE)
        made.child.stdout.readline()
        made.child.stdout.close()
        made.child.stdin.write(b"ATI\n")
        self.expect_failure(made, "cannot write to standard output: Broken pipe")

class lost_links(programs.case):
    def test_a_link_that_is_lost_before_it_is_subscribed_is_no_refusal(self):
        heard = self.refusing_module({
            "AT+MQTTOPEN": "+MQTTOPEN: OK|OK",
            "AT+MQTTDISC": "OK|+MQTTDISC: OK",
            "AT+MQTTSUB=": ["+CME ERROR: 613", "+CME ERROR: 613", "+CME ERROR: 613", "+MQTTSUBACK: 1,0,t|OK"],
            "AT+MQTTSTAT?": "+MQTTSTAT: 2|OK|+MQTTOPEN: OK",
        })
        made = self.atmqtt("sub", "-h", "b", "-t", "t", "-E")
        self.assertEqual(made.result(), 0, made.said())
        self.assertEqual(sum(line.startswith("AT+MQTTSUB=") for line in heard), 4)
        self.assertNotIn("refused", made.said())

    def test_refusals_of_two_connections_are_not_added_up(self):
        heard = self.refusing_module({
            "AT+MQTTOPEN": "+MQTTOPEN: OK|OK",
            "AT+MQTTDISC": "OK|+MQTTDISC: OK",
            "AT+MQTTSUB=": ["+MQTTSUBACK: 1,128,t|ERROR", "+CME ERROR: 613", "+MQTTSUBACK: 1,128,t|ERROR",
                            "+MQTTSUBACK: 1,0,u|OK"],
            "AT+MQTTSTAT?": "+MQTTSTAT: 2|OK|+MQTTOPEN: OK",
        })
        made = self.atmqtt("sub", "-h", "b", "-t", "t", "-t", "u", "-E")
        self.assertEqual(made.result(), 0, made.said())
        self.assertEqual(made.said().count("a subscription is refused: by the broker"), 2)

    def test_a_message_that_was_refused_before_its_prompt_waits_for_the_next_link(self):
        heard = self.refusing_module({
            "AT+MQTTOPEN": "+MQTTOPEN: OK|OK",
            "AT+MQTTDISC": "OK|+MQTTDISC: OK",
            "AT+MQTTPUB=": ["+CME ERROR: 608", "OK"],
            "AT+MQTTSTAT?": "+MQTTSTAT: 2|OK|+MQTTOPEN: OK",
        })
        made = self.atmqtt("pub", "-h", "b", "-t", "t", "-q", "0", "-s", stdin=subprocess.PIPE)
        made.child.stdin.write(b"a\nb")
        made.child.stdin.close()
        world.eventually(lambda: sum(line.startswith("AT+MQTTPUB=") for line in heard) == 2, made.said)
        self.assertIn("it is sent again", made.said())
        made.signal(signal.SIGKILL)


if __name__ == "__main__":
    world.main()
