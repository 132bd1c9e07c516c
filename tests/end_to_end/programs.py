"""atmqtt pub, sub and at, by way of a pty, a virtual module and a mosquitto, to its counterparts."""
# SPDX-License-Identifier: MIT

import datetime
import fcntl
import json
import os
import pty
import signal
import subprocess
import threading
import time
import tty

import world

payload_of_1k = bytes(range(256)) * 4
gentle_faults = (("--delay-ms", "20"), ("--chop",), ("--merge",), ("--late-ok-ms", "50"), ("--urc-inside",))


class case(world.case):
    """A module at a pty, and programs that use it."""

    def module(self, at, *options):
        link = self.path("ttyV0")
        made = self.modem("--pty", link, "--broker", f"127.0.0.1:{at.port}", *options, stdout=subprocess.DEVNULL)
        world.eventually(lambda: os.path.islink(link) or not made.is_running(), made.said)
        return made

    def atmqtt(self, verb, *words, **streams):
        made = world.process(self.folder, os.environ["ATMQTT"], verb, "--device", self.path("ttyV0"), *words, **streams)
        self.addCleanup(made.kill)
        return made

    def pub(self, *words, status=0, **streams):
        made = self.atmqtt("pub", "-h", "broker.example", *words, **streams)
        self.assertEqual(made.result(), status, made.said())
        return made

    def sub(self, at, *words, name="driven"):
        """Is subscribed."""
        made = self.atmqtt("sub", "-h", "broker.example", "-i", name, *words, stdout=subprocess.PIPE)
        topics = sum(word == "-t" for word in words)
        at.await_saying(f"Sending SUBACK to {name}", topics)
        return made

    def printed(self, made, status=0):
        out, _ = made.child.communicate(timeout=3 * world.DEADLINE)
        self.assertEqual(made.child.returncode, status, made.said())
        return out

    def refusing_module(self, answers):
        """At a pty: it says OK to every command, but for those that begin with one of `answers`, of which one may be a list: then it
        says its items in their order, and the last again and again. Gives what it is told."""
        outer, inner = pty.openpty()
        tty.setraw(inner)
        os.symlink(os.ttyname(inner), self.path("ttyV0"))
        heard = []

        def serve():
            line = b""
            while True:
                try:
                    byte = os.read(outer, 1)
                except OSError:
                    return  # the test is over
                if byte != b"\r":
                    line += byte
                    continue
                heard.append(line.decode())
                answer = next((answers[head] for head in answers if line.startswith(head.encode())), "OK")
                if isinstance(answer, list):
                    answer = answer.pop(0) if len(answer) > 1 else answer[0]
                os.write(outer, "".join(f"\r\n{one}\r\n" for one in answer.split("|")).encode())
                line = b""

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        self.addCleanup(os.close, outer)
        self.addCleanup(server.join)
        self.addCleanup(os.close, inner)
        return heard


class publishing(case):
    def test_each_qos_and_source_is_delivered_exactly(self):
        at = self.broker()
        self.module(at)
        there = self.subscriber(at, "t/#", 6)
        with open(self.path("file"), "wb") as file:
            file.write(payload_of_1k)
        for qos in "012":
            self.pub("-t", "t/" + qos, "-q", qos, "-m", 'a "b", OK')
        self.pub("-t", "t/file", "-q", "2", "-f", self.path("file"))
        self.pub("-t", "t/null", "-q", "1", "-n")
        with open(self.path("file"), "rb") as file:
            self.pub("-t", "t/input", "-q", "1", "-s", stdin=file)
        self.assertEqual([one[:2] + one[3:] for one in there.messages()],
                         [("t/0", 0, b'a "b", OK'), ("t/1", 1, b'a "b", OK'), ("t/2", 2, b'a "b", OK'),
                          ("t/file", 2, payload_of_1k), ("t/null", 1, b""), ("t/input", 1, payload_of_1k)])

    def test_a_message_is_repeated_so_often(self):
        at = self.broker()
        self.module(at)
        there = self.subscriber(at, "t", 5)
        self.pub("-t", "t", "-q", "1", "-m", "x", "--repeat", "3")
        self.pub("-t", "t", "-q", "0", "-m", "y", "--repeat", "2", "--repeat-delay", "0.3")
        self.assertEqual([one[3] for one in there.messages()], [b"x"] * 3 + [b"y"] * 2)

    def test_what_was_not_repeated_yet_is_counted(self):
        at = self.broker()
        self.module(at)
        there = self.subscriber(at, "t")
        made = self.atmqtt("pub", "-h", "b", "-t", "t", "-q", "1", "-m", "x", "--repeat", "9", "--repeat-delay", "60")
        there.messages()
        at.await_saying("Sending PUBACK to atmqtt-")
        made.signal(signal.SIGTERM)
        self.assertEqual(made.result(), 1)
        self.assertRegex(made.said(), r"\Aatmqtt: not published: [89] messages")

    def test_a_url_tells_broker_user_password_and_topic(self):
        at = self.broker()
        self.module(at)
        there = self.subscriber(at, "a/b")
        made = self.atmqtt("pub", "-L", "mqtt://me:xyzzy@broker.example:1884/a/b", "-I", "card-", "-m", "x", "-q", "1", "--trace")
        self.assertEqual(made.result(), 0, made.said())
        self.assertEqual(there.messages()[0][3], b"x")
        self.assertRegex(made.said(), r'host="broker\.example" port=1884 id="card-\d+" .*user="me"')
        self.assertNotIn("xyzzy", made.said())

    def test_a_thousand_lines_arrive_once_each(self):
        at = self.broker()
        self.module(at)
        there = self.subscriber(at, "t", 1000)
        with open(self.path("lines"), "w", encoding="utf-8") as file:
            file.writelines(f"{number}\n" for number in range(1000))
        with open(self.path("lines"), "rb") as file:
            made = self.atmqtt("pub", "-h", "b", "-t", "t", "-q", "2", "-l", stdin=file)
            got = [int(one[3]) for one in self.slow(there)]
            self.assertEqual(made.child.wait(3 * world.DEADLINE), 0, made.said())
        self.assertEqual(got, list(range(1000)))

    def slow(self, there):
        printed, _ = there.child.communicate(timeout=9 * world.DEADLINE)
        rows = [line.split(" ") for line in printed.decode().splitlines()]
        return [(topic, int(qos), retain == "1", bytes.fromhex(payload)) for topic, qos, retain, payload in rows]

    def test_a_broker_that_starts_anew_in_the_middle_costs_nothing(self):
        at = self.broker("persistence true", f"persistence_location {self.folder}/", "autosave_interval 1")
        self.module(at, "--reconnect-ms", "300,300,300")
        there = self.subscriber(at, "t", 1, "-c")
        made = self.atmqtt("pub", "-h", "b", "-i", "driver", "-c", "-t", "t", "-q", "1", "-l", stdin=subprocess.PIPE)
        made.child.stdin.write(b"one\n")
        made.child.stdin.flush()
        self.assertEqual(there.messages()[0][3], b"one")
        at.stop()
        made.await_saying("reconnects")
        at.start()
        made.child.stdin.write(b"two\n")
        made.child.stdin.close()
        there = self.subscriber(at, "t", 1, "-c", name="another")
        self.assertEqual(made.result(), 0, made.said())

    def test_a_module_that_starts_anew_is_brought_up_again(self):
        at = self.broker()
        module = self.module(at, "--restart-after", "300")
        there = self.subscriber(at, "t", 2)
        made = self.atmqtt("pub", "-h", "b", "-t", "t", "-q", "1", "-l", stdin=subprocess.PIPE)
        made.child.stdin.write(b"one\n")
        made.child.stdin.flush()
        at.await_saying("Received PUBLISH from atmqtt-")
        module.await_saying("the module restarts")
        made.child.stdin.write(b"two\n")
        made.child.stdin.close()
        self.assertEqual([one[3] for one in there.messages()], [b"one", b"two"])
        self.assertEqual(made.result(), 0, made.said())
        self.assertIn("started anew", made.said())

    def test_a_link_that_is_cut_in_the_middle_costs_nothing(self):
        at = self.broker()
        self.module(at, "--cut-after", "300", "--reconnect-ms", "20,20,20")
        there = self.subscriber(at, "t", 1000)
        with open(self.path("lines"), "w", encoding="utf-8") as file:
            file.writelines(f"{number}\n" for number in range(40))
        with open(self.path("lines"), "rb") as file:
            made = self.pub("-t", "t", "-q", "1", "-l", stdin=file)
        self.assertEqual(made.said().count("the module reconnects, try 1\n"), 1)
        self.publish(at, "t", b"end")
        lines = iter(there.child.stdout.readline, b"t 1 0 656e64\n")
        got = [int(bytes.fromhex(line.decode().split()[3])) for line in lines]
        self.assertEqual(sorted(set(got)), list(range(40)))  # QoS 1: one may have come twice

    def test_faults_that_lose_nothing_lose_nothing(self):
        at = self.broker()
        for spelling in ("manual", "sdk"):
            for fault in gentle_faults:
                with self.subTest(fault=fault, spelling=spelling):
                    made = self.module(at, "--spelling", spelling, *fault)
                    there = self.subscriber(at, "t", 2, name=f"sees{spelling}{fault[0]}")
                    self.pub("-t", "t", "-q", "2", "-m", "literal")
                    self.pub("-t", "t", "-q", "1", "-m", "co\\unted\r\nOK\r\n")
                    self.assertEqual([one[3] for one in there.messages()], [b"literal", b"co\\unted\r\nOK\r\n"])
                    made.end()


class subscribing(case):
    def test_messages_are_printed_as_they_come(self):
        at = self.broker()
        self.module(at)
        made = self.sub(at, "-t", "a/+", "-t", "b", "-q", "2", "-v", "-C", "3")
        for topic, payload, qos in (("a/1", b"one\r\nOK\r\n", 0), ("b", payload_of_1k, 2), ("a/2", b"+CME ERROR: 1", 1)):
            self.publish(at, topic, payload, qos=qos)
        self.assertEqual(self.printed(made), b"a/1 one\r\nOK\r\n\n" + b"b " + payload_of_1k + b"\na/2 +CME ERROR: 1\n")

    def test_a_thousand_messages_come_once_each(self):
        at = self.broker()
        self.module(at)
        made = self.sub(at, "-t", "t", "-q", "2", "-C", "1000")
        self.publish(at, "t", b"".join(b"%d\n" % number for number in range(1000)), "-l", qos=2)
        self.assertEqual(self.printed(made), b"".join(b"%d\n" % number for number in range(1000)))

    def test_a_reader_that_pauses_gets_each_message_whole(self):
        lines = ["%d " % number + "x" * 998 for number in range(10, 30)]
        published = "|".join('+MQTTPUBLISH: 0,0,0,0,"t",1001,' + line for line in lines)
        self.refusing_module({"AT+MQTTOPEN": "+MQTTOPEN: OK|OK", "AT+MQTTDISC": "+MQTTDISC: OK|OK",
                              "AT+MQTTSUB": "+MQTTSUBACK: 1,0,t|OK|" + published})
        reads, writes = os.pipe()
        fcntl.fcntl(writes, fcntl.F_SETPIPE_SZ, 4096)
        made = self.atmqtt("sub", "-h", "b", "-t", "t", "-C", "20", stdout=writes)
        os.close(writes)
        output = self.at_port(reads)
        output.wait_for(lambda: len(output.held) != 0, "a message")
        with self.assertRaises(subprocess.TimeoutExpired):
            made.child.wait(0.8)  # longer than the silence that ends a payload
        self.assertEqual(output.rest().decode().splitlines(), lines)
        self.assertEqual(made.said(), "")

    def test_no_line_feed_if_so_asked(self):
        at = self.broker()
        self.module(at)
        made = self.sub(at, "-t", "t", "-N", "-C", "1")
        self.publish(at, "t", b"bare")
        self.assertEqual(self.printed(made), b"bare")

    def test_an_empty_message_is_printed_as_by_mosquitto_sub(self):
        at = self.broker()
        self.module(at)
        for count, words in enumerate(((), ("-v",), ("-N",), ("-v", "-N")), 1):
            made = self.sub(at, "-t", "t", "-C", "2", *words)
            there = world.process(self.folder, world.tool("mosquitto_sub"), "-h", "127.0.0.1", "-p", str(at.port),
                                  "-i", "other", "-t", "t", "-C", "2", *words, stdout=subprocess.PIPE)
            self.addCleanup(there.kill)
            for name in ("driven", "other"):
                at.await_saying("Sending SUBACK to " + name, count)
            self.publish(at, "t", b"")
            self.publish(at, "t", b"x")
            self.assertEqual(self.printed(made), self.printed(there))

    def beside_mosquitto_sub(self, at, messages, *words):
        """What both print of the same messages, with the same options."""
        name = "driven" + str(time.monotonic_ns())
        made = self.sub(at, "-t", "t/#", "-q", "2", *words, name=name)
        there = world.process(self.folder, world.tool("mosquitto_sub"), "-h", "127.0.0.1", "-p", str(at.port), "-i",
                              "other-" + name, "-t", "t/#", "-q", "2", *words, stdout=subprocess.PIPE)
        self.addCleanup(there.kill)
        at.await_saying("Sending SUBACK to other-" + name)
        for topic, payload, qos in messages:
            self.publish(at, topic, payload, qos=qos)
        return self.printed(made), self.printed(there)

    def test_a_format_prints_what_it_prints_with_mosquitto_sub(self):
        at = self.broker()
        self.module(at)
        rows = (("t/a", b'{"a": [1, "x\\"y\\\\"]}', 1), ("t/b", 'plain "\u00e4"\n'.encode(), 1), ("t/c", bytes(range(256)), 0),
                ("t/d", b"", 1))
        words = ("-C", "4", "-F", r"%t|%q|%r|%l|%m|%p|%x|%X|%%|@@|\\|\e\t\0|\n")
        ours, theirs = self.beside_mosquitto_sub(at, rows, *words)
        self.assertEqual(ours, theirs)
        self.assertEqual(ours.count(b"\n\n"), 4)

    def test_json_is_that_of_mosquitto_sub(self):
        at = self.broker()
        self.module(at)
        rows = (("t/a", b'{"a": [1, "x\\"y z\\\\"],\n"b": 12 }', 1), ("t/b", b' [ ] ', 1), ("t/c", b'"s"', 0))
        for form in ("%j", "%J"):
            ours, theirs = self.beside_mosquitto_sub(at, rows, "-C", "3", "-F", form)
            ours, theirs = ([json.loads(line) for line in lines.splitlines()] for lines in (ours, theirs))
            for one in ours + theirs:
                self.assertRegex(one.pop("tst"), r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z?[+-]\d{4}\Z")
            self.assertEqual(ours, theirs)
            self.assertEqual(len(ours), 3)

    def test_what_is_no_json_is_a_string_and_what_is_no_text_hexadecimal(self):
        at = self.broker()
        self.module(at)
        made = self.sub(at, "-t", "t", "-C", "6", "-F", "%J")
        forged = b'1\0"\n{"topic":"forged","payload":1}'
        for payload in (b'{"a"', b"\xff\x00", b"[" * 60000, b'1\0"\\', forged, b"\xef\xbb\xbf{}"):
            self.publish(at, "t", payload)
        got = [json.loads(line)["payload"] for line in self.printed(made).splitlines()]
        self.assertEqual(got, ['{"a"', {"hex": "ff00"}, "[" * 60000, '1\0"\\', forged.decode(), "\ufeff{}"])

    def test_json_may_be_nested_deeply_and_keeps_its_digits(self):
        at = self.broker()
        self.module(at)
        made = self.sub(at, "-t", "t", "-C", "2", "-F", "%J")
        deep = b"[" * 30000 + b"]" * 30000
        self.publish(at, "t", deep)
        self.publish(at, "t", b"[1.10, 12345678901234567890]")
        lines = self.printed(made).splitlines()
        self.assertTrue(lines[0].endswith(b'"payload":' + deep + b"}"))
        self.assertTrue(lines[1].endswith(b'"payload":[1.10,12345678901234567890]}'))

    def test_the_time_of_a_message_is_now(self):
        at = self.broker()
        self.module(at)
        made = self.sub(at, "-t", "t", "-C", "1", "-F", "%U %I")
        before = time.time()
        self.publish(at, "t", b"x")
        seconds, date = self.printed(made).split()
        self.assertTrue(before <= float(seconds) <= time.time(), seconds)
        self.assertEqual(datetime.datetime.strptime(date.decode(), "%Y-%m-%dT%H:%M:%S%z").timestamp(), int(float(seconds)))

    def test_messages_that_are_not_wanted_are_not_printed(self):
        at = self.broker()
        self.module(at)
        for topic in ("t/kept", "t/kept/too"):
            self.publish(at, topic, b"old", "-r")
        rows = (("t/a", b"1", 1), ("t/b/c", b"2", 1), ("t/d", b"3", 1))
        for words, expected in ((("-R", "-C", "3"), b"t/a 1\nt/b/c 2\nt/d 3\n"),
                                (("-R", "-C", "1", "-T", "t/+"), b"t/b/c 2\n"),
                                (("-R", "-C", "1", "-T", "t/a", "-T", "t/b/#"), b"t/d 3\n"),
                                (("--retained-only",), b"t/kept old\nt/kept/too old\n"),
                                (("--retained-only", "-T", "t/kept"), b"t/kept/too old\n"),
                                (("--retained-only", "-C", "1"), b"t/kept old\n")):
            with self.subTest(words=words):
                ours, theirs = self.beside_mosquitto_sub(at, rows, "-v", *words)
                self.assertEqual((ours, theirs), (expected, expected))

    def test_it_ends_once_it_is_subscribed_and_the_broker_keeps_the_session(self):
        at = self.broker()
        self.module(at)
        made = self.sub(at, "-t", "t", "-q", "1", "-c", "-E")
        self.assertEqual(self.printed(made), b"")
        self.publish(at, "t", b"meanwhile")
        self.assertEqual(self.printed(self.sub(at, "-t", "t", "-q", "1", "-c", "-C", "1")), b"meanwhile\n")

    def test_a_time_that_is_over_has_its_own_code(self):
        at = self.broker()
        self.module(at)
        made = self.sub(at, "-t", "t", "-W", "1")
        self.assertEqual((self.printed(made, 27), made.said()), (b"", "atmqtt: timed out\n"))

    def test_a_signal_ends_it_in_order(self):
        at = self.broker()
        self.module(at)
        made = self.sub(at, "-t", "t")
        made.signal(signal.SIGTERM)
        self.assertEqual(made.result(), 0)
        at.await_saying("Received DISCONNECT from driven")


class failing(case):
    def failure(self, status, *words):
        made = self.atmqtt(*words)
        self.assertEqual(made.result(), status)
        self.assertRegex(made.said(), r"\Aatmqtt: [^\n]+\n\Z")
        return made.said()

    def test_a_refused_password(self):
        with open(self.path("passwords"), "w", encoding="utf-8"):
            pass
        subprocess.run((world.tool("mosquitto_passwd"), "-b", self.path("passwords"), "me", "right"), check=True)
        at = self.broker("allow_anonymous false", f"password_file {self.path('passwords')}")
        self.module(at)
        os.environ["ATMQTT_TEST_PW"] = "wrong"
        said = self.failure(5, "pub", "-h", "b", "-u", "me", "--pw-env", "ATMQTT_TEST_PW", "-t", "t", "-m", "x")
        self.assertIn("password", said)
        for line_end in ("", "\n", "\r\n"):
            with open(self.path("pw"), "w", encoding="utf-8", newline="") as file:
                file.write("right" + line_end)
            self.pub("-u", "me", "--pw-file", self.path("pw"), "-t", "t", "-m", "x", "-q", "1")

    def test_no_network(self):
        self.module(self.broker(), "--network", "down")
        self.assertIn("network", self.failure(1, "pub", "-h", "b", "-t", "t", "-m", "x"))

    def test_no_listener(self):
        at = self.broker()
        self.module(at)
        at.kill()
        self.assertIn("603", self.failure(1, "pub", "-h", "b", "-t", "t", "-m", "x"))

    def test_no_device_and_one_in_use(self):
        self.assertIn("plugged in", self.failure(1, "pub", "-h", "b", "-t", "t", "-m", "x"))
        at = self.broker()
        self.module(at)
        self.sub(at, "-t", "t")
        self.assertIn("in use", self.failure(1, "pub", "-h", "b", "-t", "t", "-m", "x"))

    def test_no_answer(self):
        self.module(self.broker(), "--drop", "1000")
        self.assertIn("--baud", self.failure(1, "pub", "-h", "b", "-t", "t", "-m", "x"))

    def test_wrong_usage_is_one_line_that_names_what_is_wrong(self):
        pub = ("pub", "-h", "b", "-t", "t", "-m", "x")
        sub = ("sub", "-h", "b", "-t", "t")
        rows = (
            (("pub", "-t", "t", "-m", "x"), "--host is required"),
            (("sub", "-h", "b"), "--topic is required"),
            (("bogus",), "bogus"),
            (("pub", "-L", "mqtts://me:xyzzy@b/t", "-m", "x"), "-L: it is not of the form mqtt://[USER[:PASS]@]HOST[:PORT]/TOPIC"),
            (("pub", "-L", "mqtt://me:xyzzy@/t", "-m", "x"), "-L: it is not of the form"),
            (("pub", "-L", "mqtt://me:xyzzy@b/", "-m", "x"), "-L: it is not of the form"),
            (("pub", "-L", "mqtt://me:12/xyzzy@b/t", "-m", "x"), "-L: it is not of the form"),
            (("pub", "-L", "mqtt://me:12/xyzzy@b/#", "-m", "x"), "-L: it is not of the form"),
            (("pub", "-L", "mqtt://me:p@xyzzy@b/t", "-m", "x"), "-L: it is not of the form"),
            (("pub", "-L", "mqtt://me:xyzzy@b:x/t", "-m", "x"), "--port: not a whole number"),
            (("pub", "-L", "mqtt://me:xyzzy@b/t/#", "-m", "x"), "'t/#' cannot be published to"),
            (("pub", "-L", "mqtt://me:xyzzy@b/t", "-h", "c", "-m", "x"), "-L has it already: leave out --host"),
            (pub + ("-i", "a", "-I", "b"), "--id excludes --id-prefix"),
            (pub + ("--repeat", "0"), "--repeat: not a whole number"),
            (pub + ("--repeat", "2", "--repeat-delay", "-1"), "--repeat-delay: not seconds, as 2 or 0.5"),
            (pub + ("--repeat", "2", "--repeat-delay", "inf"), "--repeat-delay: not seconds"),
            (("pub", "-h", "b", "-t", "t", "-l", "--repeat", "2"), "--repeat excludes --stdin-line"),
            (sub + ("-F", "%z"), "-F: there is no %z"),
            (sub + ("-F", "50%"), "-F: nothing stands behind the last %"),
            (sub + ("-F", "\\q"), "-F: there is no \\q"),
            (sub + ("-T", "a/#/b"), "--filter-out: 'a/#/b'"),
            (sub + ("-R", "--retained-only"), "-R excludes --retained-only"),
            (pub + ("-k", "70000"), "--keepalive: not a whole number from 0 to 65535"),
            (pub + ("-p", "xyzzy42"), "--port: not a whole number from 1 to 65535"),
            (pub + ("--baud", "0"), "--baud: "),
            (pub + ("--pass", "xyzzy42", "xyzzy43"), "not expected: --pass, and 2 words not shown here"),
            (pub + ("--pass=xyzzy42", "-Zxyzzy"), "not expected: --pass, -Z;"),
            (pub + ("-P", "a", "xyzzy42"), "not expected: 1 word not shown here"),
            (("-u", "me", "-P", "xyzzy42"), "not expected: -u, --device, -P, and 3 words"),
            (pub + ("--encrypt", ""), "--encrypt: an empty word"),
            (pub + ("--pw-env", ""), "--pw-env: "),
            (sub + ("-c",), "-c needs -i"),
            (pub + ("-P", "xyzzy42"), "give -u as well"),
            (pub + ("-u", "me", "-P", "xyzzy42", "--pw-env", "HOME"), "--pw excludes --pw-env"),
            (pub + ("-u", "me", "-P", "xyzzy42" * 20), "140 bytes, and 128 is the most"),
            (pub + ("-i", "i" * 200), "200 bytes, and 128 is the most"),
            (("pub", "-h", "b", "-t", "l/#", "-m", "x"), "'l/#' cannot be published to"),
            (("pub", "-h", "b", "-t", "", "-m", "x"), "'' cannot be published to"),
            (("pub", "-h", "b", "-t", "a\nb", "-m", "x"), '"a\\x0Ab" has a byte that no AT command can carry'),
            (("pub", "-h", "b", "-t", "a", "b", "-m", "x"), "1 word not shown here"),
            (("pub", "-h", "b", "-t", "a", "-t", "b", "-m", "x"), "one topic is published to at a time"),
            (("sub", "-h", "b", "-t", 'a"b'), '"a\\x22b" has a byte that no AT command can carry'),
            (("sub", "-h", "b", "-t", "a", "xyz"), "1 word not shown here"),
            (("pub", "-h", "b", "-t", "t", "-m", "x" * 1025), "1025 bytes, and 1024 is the most"),
            (pub + ("--will-topic", "w/+", "--will-payload", "x"), "'w/+' cannot be published to"),
            (("sub", "-h", "b", "-t", "a/#/b"), "'a/#/b' cannot be subscribed to"),
            (sub + ("-W", "0"), "-W"),
            (sub + ("-C", "0"), "-C"),
            (sub + ("-C", "-1"), "-C"),
            (sub + ("-C", "18446744073709551617"), "-C"),
            (sub + ("-C", "0x10"), "-C"),
        )
        for words, expected in rows:
            with self.subTest(words=words):
                made = self.atmqtt(*words)
                self.assertEqual(made.result(), 1)
                self.assertRegex(made.said(), r"\Aatmqtt: [^\n]+; --help shows what there is\n\Z")
                self.assertIn(expected, made.said())
                self.assertNotIn("xyzzy", made.said())

    def test_numbers_are_decimal(self):
        at = self.broker()
        self.module(at, "--ack-ms", "08000")
        self.pub("-k", "010", "-q", "01", "-t", "t", "-m", "x")
        at.await_saying(", k10)")
        at.await_saying("q1, r0")

    def test_what_the_module_refuses_ends_it(self):
        up = {"AT+MQTTOPEN": "+MQTTOPEN: OK|OK", "AT+MQTTDISC": "+MQTTDISC: OK|OK", "AT+MQTTSTAT?": "+MQTTSTAT: 1|OK"}
        self.refusing_module({**up, "AT+MQTTPUB": "+CME ERROR: 601", "AT+MQTTSUB": "+CME ERROR: 605"})
        said = self.failure(1, "pub", "-h", "b", "-t", "t", "-m", "x")
        self.assertIn("refuses the message (+CME ERROR: 601, ", said)
        made = self.atmqtt("sub", "-h", "b", "-t", "t", "-t", "u")
        self.assertEqual(made.result(), 1, made.said())
        self.assertEqual(made.said().count("a subscription is refused"), 2)
        self.assertIn("nothing is subscribed to: look at -t", made.said())

    def test_a_trace_of_a_wire_that_loses_bytes_shows_no_password_either(self):
        at = self.broker()
        self.module(at, "--drop", "30", "--seed", "7")
        made = self.atmqtt("pub", "-h", "b", "-u", "me", "-P", "xyzzy42", "-t", "t", "-m", "x", "--trace")
        made.await_saying("MQTTCFG")
        made.signal(signal.SIGTERM)
        made.result()
        self.assertNotIn("xyzzy", made.said())

    def test_a_trace_takes_no_lines_for_the_data_of_a_message_that_was_refused(self):
        self.refusing_module({"AT+MQTTOPEN": "+MQTTOPEN: OK|OK", "AT+MQTTDISC": "+MQTTDISC: OK|OK",
                              "AT+MQTTPUB": "+CME ERROR: 608|+MQTTDISC: OK"})
        with open(self.path("long"), "wb") as file:
            file.write(b"\r\n" * 100)
        made = self.atmqtt("pub", "-h", "b", "-u", "me", "-P", "xyzzy42", "-t", "t", "-q", "1", "-f", self.path("long"),
                           "--trace")
        made.await_saying("MQTTOPEN status=OK", 2)
        self.assertEqual(made.said().count("-> MQTTCFG set"), 2)
        self.assertNotIn("xyzzy", made.said())

    def test_a_trace_takes_no_lines_for_the_rest_of_a_message_whose_length_is_wrong(self):
        lines = 'AT+MQTTCFG="b",1883,"i",60,"me","xyzzy42",1' + "y" * 400
        self.refusing_module({"AT+MQTTOPEN": "+MQTTOPEN: OK|OK", "AT+MQTTDISC": "+MQTTDISC: OK|OK",
                              "AT+MQTTSUB": f'+MQTTSUBACK: 1,0,t|OK|+MQTTPUBLISH: 0,0,0,0,"t",400,x|{lines}'})
        made = self.atmqtt("sub", "-h", "b", "-t", "t", "--trace", stdout=subprocess.DEVNULL)
        made.await_saying("<- MQTTPUBLISH")
        self.assertNotIn("xyzzy", made.said())

    def test_a_trace_shows_the_wire_and_no_password(self):
        at = self.broker()
        self.module(at)
        made = self.pub("-u", "me", "-P", "xyzzy42", "-t", "t", "-m", "x", "-q", "1", "--trace")
        self.assertIn("MQTTPUBACK", made.said())
        self.assertIn("passwd=***", made.said())
        self.assertNotIn("xyzzy42", made.said())


class the_console(case):
    def test_answers_are_shown_in_words(self):
        self.module(self.broker())
        made = self.atmqtt("at", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        out, _ = made.child.communicate(b"ATI\nAT+MQTTSTAT?\nAT+NONE\n", timeout=world.DEADLINE)
        self.assertEqual(made.child.returncode, 0)
        for words in (b"atmqtt\n", b"stat=0 (not connected)", b"refused"):
            self.assertIn(words, out)

    def test_it_is_typed_at_a_terminal(self):
        self.module(self.broker())
        outer, inner = pty.openpty()
        made = self.atmqtt("at", stdin=inner, stdout=inner)
        os.close(inner)
        terminal = self.at_port(outer)
        terminal.skip_to(b"at> ")
        terminal.write(b"ATX\x7fI\r")  # edited
        terminal.skip_to(b"atmqtt")
        terminal.write(b"AT+MQTTREC?\r")
        terminal.skip_to(b"recon=1")
        terminal.write(b"\x04")
        self.assertEqual(made.result(), 0, made.said())


if __name__ == "__main__":
    world.main()
