"""What others may send to harm: a broker, a module, a host, whoever writes an input."""
# SPDX-License-Identifier: MIT

import json
import os
import select
import signal
import socket
import subprocess

import programs
import world
from failures import OPEN

ESCAPES = "\x1b]0;pwned\x07\x1b[31m\x7f\u009b2J"


class certificates(world.case):
    TAIL = ',"2018-10-31",1'

    def setUp(self):
        super().setUp()
        self.trusted = world.make_authority(self.folder, "trusted")
        self.at = self.broker(*world.make_certificate(self.folder, "trusted", "DNS:elsewhere.example"))

    def said_of(self, where):
        module, host = self.pty("--cafile", self.trusted)
        host.be_quiet().command("AT+MQTTREC=0", "OK")
        host.configure(self.at, tail=self.TAIL, where=where)
        host.command(OPEN, "+CME ERROR: 603", "+MQTTDISC: OK")
        return module.said()

    def test_the_zone_of_an_address_is_no_way_around_its_name(self):
        self.assertIn("IP address mismatch", self.said_of("::ffff:127.0.0.1%1"))

    def test_nobody_is_not_anybody(self):
        self.assertIn("Invalid argument", self.said_of(""))


class broker(world.case):
    def test_of_what_is_late_on_its_way_to_the_host_no_more_is_kept_than_of_what_is_not_read(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            module, host = self.pty("--delay-ms", "10000", "--broker", f"127.0.0.1:{listener.getsockname()[1]}")
            host.write(b'ATE0\rAT+MQTTCFG="h",1,"i",0,"","",1,"",0\r' + OPEN.encode() + b"\r")
            with listener.accept()[0] as peer:
                peer.settimeout(world.DEADLINE)
                peer.recv(1000)
                peer.sendall(b"\x20\x02\0\0")
                peer.setblocking(False)
                taken = 0
                packet = b"\x30\x83\xa0\x03\0\1t" + b"x" * (0xD000)
                while taken < 100_000_000 and select.select([], [peer], [], world.SILENCE)[1]:
                    taken += peer.send(packet[taken % len(packet):])
                self.assertLess(taken, 50_000_000)
                module.signal(signal.SIGKILL)

    def test_a_packet_that_is_too_large_to_be_shown_is_told_by_its_header(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            module, host = self.pty("--trace", "--broker", f"127.0.0.1:{listener.getsockname()[1]}")
            host.be_quiet().command('AT+MQTTCFG="h",1,"i",60,"","",1,"",0', "OK")
            host.send(OPEN)
            with listener.accept()[0] as peer:
                peer.settimeout(world.DEADLINE)
                peer.recv(1000)
                peer.sendall(b"\x20\x02\0\0")
                host.expect_lines("+MQTTOPEN: OK", "OK")
                topic = b"\0\1t"
                peer.sendall(b"\x30" + bytes((0x80 | 80_000 & 0x7F, 0x80 | 80_000 >> 7 & 0x7F, 80_000 >> 14)) + topic)
                module.await_saying("broker -> PUBLISH of 80004 bytes\n")
                peer.sendall(b"x" * (80_000 - 3) + b"\x30\x04\0\1ty")
                module.await_saying('broker -> PUBLISH qos=0 topic="t" payload="y"\n')
        self.assertNotIn("xxx", module.said())


class host(world.case):
    def test_of_a_line_without_an_end_little_is_kept(self):
        module, host = self.pty("--trace")
        host.be_quiet()
        host.write(b"x" * 200_000 + b"\r")
        host.command("AT", "OK")
        self.assertLess(len(module.said()), 50_000)

    def test_a_line_may_come_behind_one_without_an_end(self):
        module, host = self.pty("--trace")
        host.be_quiet()
        host.write(b"x" * 200_000 + b"\r")
        host.command('AT+MQTTSUB="t",9', "+CME ERROR: 601")
        module.await_saying("out of range at byte 15")

    def test_what_it_calls_a_broker_is_not_obeyed_by_a_terminal(self):
        module, host = self.pty()
        host.be_quiet().command("AT+MQTTREC=0", "OK")
        host.command('AT+MQTTCFG="\x7fhost",1883,"i",60,"","",1,"",0', "OK")
        host.command(OPEN, "+CME ERROR: 603", "+MQTTDISC: OK")
        self.assertIn("broker ", module.said())
        self.assertTrue(module.said().rstrip("\n").isprintable(), module.said())


class publishers(programs.case):
    def test_what_they_write_is_not_obeyed_by_a_terminal_that_shows_json(self):
        at = self.broker()
        self.module(at)
        text = json.dumps({"a": ESCAPES}, ensure_ascii=False)
        for conversion in ("%j", "%J"):
            made = self.sub(at, "-t", "t", "-F", conversion, "-C", "2", name=conversion)
            for payload in (ESCAPES, text):
                self.publish(at, "t", payload.encode())
            printed = self.printed(made).decode()
            self.assertTrue(printed.replace("\n", "").isprintable(), printed)
            payloads = [json.loads(line)["payload"] for line in printed.splitlines()]
            self.assertEqual(payloads, [ESCAPES, {"a": ESCAPES} if conversion == "%J" else text])


class module(programs.case):
    def test_what_it_says_is_not_obeyed_by_a_terminal(self):
        self.refusing_module({"ATI": ESCAPES + "|OK", "AT+MQTTSUB?": "+MQTTSUB:|" + ESCAPES + ",1|OK"})
        made = self.atmqtt("at", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        out, _ = made.child.communicate(b"ATI\nAT+MQTTSUB?\n", timeout=world.DEADLINE)
        self.assertEqual(out.decode().count("\\x1B]0;pwned\\x07\\x1B[31m\\x7F\\xC2\\x9B2J"), 2, out)
        self.assertTrue(out.decode().replace("\n", "").isprintable(), out)


class input_of_programs(programs.case):
    def test_the_console_reads_no_further_ahead_than_it_is_to(self):
        self.refusing_module({"AT+WAIT": "nothing that ends it"})
        made = self.atmqtt("at", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        file = made.child.stdin.fileno()
        os.set_blocking(file, False)
        taken = 0
        while taken < 4_000_000 and select.select([], [file], [], 2 * world.SILENCE)[1]:
            try:
                taken += os.write(file, b"AT+WAIT\n" * 500)
            except BlockingIOError:
                pass
        self.assertLess(taken, 1_000_000)
        made.signal(signal.SIGKILL)

    def test_a_word_that_is_wrong_is_not_obeyed_by_a_terminal(self):
        device = ("--device", self.path("ttyV0"))
        for program, *words in (("ATMQTT", "at", "--device", ESCAPES),
                                ("ATMQTT", "sub", *device, "-h", "b", "-t", "t", "-F", "%" + ESCAPES),
                                ("ATMQTT", "pub", *device, "-h", "b", "-m", "m", "-t", "#\u009b"),
                                ("ATMQTT", ESCAPES),
                                ("ATMQTT_MODEM", "--broker", ESCAPES),
                                ("ATMQTT_MODEM", "--pty", self.path(ESCAPES + "/x")),
                                ("ATMQTT_DECODE", ESCAPES)):
            with self.subTest(program=program, words=words):
                made = world.process(self.folder, os.environ[program], *words)
                self.addCleanup(made.kill)
                self.assertNotEqual(made.result(), 0)
                self.assertRegex(made.said(), r"\Aatmqtt[^\n]*: [^\n]+\n\Z")
                self.assertTrue(made.said().replace("\n", "").isprintable(), made.said())

    def test_a_line_that_is_far_too_long_is_refused_as_one_that_is_too_long(self):
        at = self.broker()
        self.module(at)
        there = self.subscriber(at, "t", 1)
        made = self.atmqtt("pub", "-h", "b", "-t", "t", "-q", "1", "-l", stdin=subprocess.PIPE)
        made.child.communicate(b"first\n" + b"x" * 3_000_000 + b"\nlast\n", timeout=world.DEADLINE)
        self.assertEqual(made.result(), 1)
        self.assertEqual([one[3] for one in there.messages()], [b"first"])
        self.assertIn("too long", made.said())


if __name__ == "__main__":
    world.main()
