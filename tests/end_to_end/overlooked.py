"""What a mistake in a refactoring of the programs would change, and no other test sees."""
# SPDX-License-Identifier: MIT

import os
import pty
import signal
import socket
import ssl
import subprocess
import termios
import time

import programs
import world


class options_of_atmqtt(programs.case):
    def refused(self, *words):
        made = self.atmqtt(*words)
        self.assertEqual(made.result(), 1)
        self.assertRegex(made.said(), r"\Aatmqtt: [^\n]+\n\Z")
        return made.said()

    def test_a_url_with_a_user_and_no_password_sends_none(self):
        at = self.broker()
        module = self.module(at, "--trace")
        self.assertEqual(self.atmqtt("pub", "-L", "mqtt://me@b/t", "-m", "x", "-q", "1").result(), 0)
        self.assertIn('user="me"', module.said())
        self.assertNotIn("passwd=***", "".join(line for line in module.said().splitlines() if "CONNECT" in line))

    def test_a_prefix_is_no_identifier_of_a_session(self):
        self.assertIn("-c needs -i", self.refused("sub", "-h", "b", "-t", "t", "-c", "-I", "card-"))

    def test_what_belongs_to_a_will_needs_one(self):
        for words in (("--will-retain",), ("--will-qos", "1"), ("--will-payload", "x")):
            with self.subTest(words=words):
                self.assertIn("a will needs --will-topic", self.refused("pub", "-h", "b", "-t", "t", "-m", "x", *words))

    def test_a_will_is_retained_if_so_asked(self):
        at = self.broker()
        module = self.module(at)
        made = self.sub(at, "-t", "t", "--will-topic", "gone", "--will-payload", "w", "--will-retain")
        module.signal(signal.SIGKILL)
        module.result()
        self.assertEqual(self.subscriber(at, "gone", name="later").messages(), [("gone", 0, True, b"w")])
        made.kill()


class traces(programs.case):
    def test_an_echo_is_shown_without_its_password(self):
        at = self.broker()
        self.module(at)
        made = self.atmqtt("at", "--trace", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        out, _ = made.child.communicate(b'ATE1\nAT+MQTTCFG="h",1883,"i",60,"u","xyzzy",1,"",0\nAT\n', timeout=world.DEADLINE)
        self.assertIn("MQTTCFG", made.said())
        self.assertNotIn("xyzzy", made.said())
        self.assertNotIn(b"xyzzy", out)

    def test_of_data_that_hold_a_configuration_no_password_is_shown(self):
        at = self.broker()
        module, host = self.pty("--trace")
        host.be_quiet().open(at)
        data = b'AT+MQTTCFG="h",1883,"i",60,"u","xyzzy",1,"",0\r\n'
        host.publish_counted('"t",0,0,0', data, "OK")
        module.await_saying("host   -> \"AT+MQTTCFG=")
        self.assertNotIn("xyzzy", "".join(line for line in module.said().splitlines(True) if line.startswith("host")))

    def test_what_is_not_understood_says_why(self):
        module, host = self.pty("--trace")
        host.be_quiet().command('AT+MQTTSUB="t",9', "+CME ERROR: 601")
        module.await_saying('out of range at byte 15')

    def test_a_new_connection_is_shown_from_its_first_packet(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            module, host = self.pty("--trace", "--reconnect-ms", "1,1,1", "--broker",
                                    f"127.0.0.1:{listener.getsockname()[1]}")
            host.be_quiet().command('AT+MQTTCFG="h",1,"i",60,"","",1,"",0', "OK")
            host.send('AT+MQTTOPEN=0,0,0,0,0,"",""')
            first, _ = listener.accept()
            first.recv(1000)
            first.sendall(b"\x20\x02\x00\x00" + b"\x30\x09\x00")  # a PUBLISH that is never whole
            host.expect_lines("+MQTTOPEN: OK", "OK")
            first.close()
            second, _ = listener.accept()
            second.recv(1000)
            second.sendall(b"\x20\x02\x00\x00")
            module.await_saying("CONNACK code=0", 2)
            second.close()


    def test_connect_is_shown_with_its_user_and_its_will(self):
        at = self.broker()
        module, host = self.pty("--trace")
        host.be_quiet().open(at, '1,0,1,"gone","w"', user="me", passwd="xyzzy")
        line = next(one for one in module.said().splitlines() if "CONNECT level" in one)
        self.assertIn(' will="gone" qos=1 user="me" passwd=***', line)

    def test_a_command_is_shown_as_it_was_edited(self):
        module, host = self.pty("--trace")
        host.be_quiet().command('AT+MQTTX\bCFG="h",1883,"i",60,"u","xyzzy",1', "OK")
        module.await_saying('MQTTCFG set host="h" port=1883 id="i" keepAlive=60 user="u" passwd=*** clean=1')


class console(programs.case):
    def said_to(self, typed):
        at = self.broker()
        self.module(at)
        made = self.atmqtt("at", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return made.child.communicate(typed, timeout=world.DEADLINE)[0]

    def test_a_message_of_no_bytes_is_not_asked_for(self):
        out = self.said_to(b'AT+MQTTPUB="t",0,0,0,0\nAT\n')
        self.assertNotIn(b"type the 0 bytes", out)
        self.assertIn(b"608", out)

    def test_an_empty_line_where_a_message_is_due_is_none(self):
        out = self.said_to(b'AT+MQTTPUB="t",0,0,0,3\n\nAT\n')
        self.assertIn(b"not sent: these are 0 bytes, not 3", out)


class connections(programs.case):
    def test_answers_to_pings_are_not_asked_for(self):
        at = self.broker()
        module = self.module(at, "--trace")
        self.pub("-t", "t", "-q", "1", "-m", "x")
        self.assertIn("MQTTPING set rspEcho=0", module.said())

    def test_a_password_that_is_refused_later_has_the_code_of_one(self):
        file = self.path("passwords")
        subprocess.run((world.tool("mosquitto_passwd"), "-b", "-c", file, "me", "right"), check=True, capture_output=True)
        at = self.broker("allow_anonymous false", f"password_file {file}")
        self.module(at, "--reconnect-ms", "1,1,1")
        made = self.sub(at, "-t", "t", "-u", "me", "-P", "right")
        subprocess.run((world.tool("mosquitto_passwd"), "-b", "-c", file, "me", "other"), check=True, capture_output=True)
        at.restart()
        self.assertEqual(made.result(), 5, made.said())
        self.assertIn("refuses user name or password", made.said())

    def test_a_part_of_a_second_is_waited_too(self):
        at = self.broker()
        self.module(at)
        made = self.atmqtt("pub", "-h", "b", "-t", "t", "-m", "y", "--repeat", "2", "--repeat-delay", "0.9")
        at.await_saying("Received PUBLISH from atmqtt-")
        before = time.monotonic()
        self.assertEqual(made.result(), 0)
        self.assertGreater(time.monotonic() - before, 0.7)

    def test_one_that_was_not_published_is_one_message(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            link = self.path("ttyV0")
            self.modem("--pty", link, "--broker", f"127.0.0.1:{silent.getsockname()[1]}", stdout=subprocess.DEVNULL)
            world.eventually(lambda: os.path.islink(link), "a link")
            made = self.atmqtt("pub", "-h", "b", "-t", "t", "-m", "x")
            with silent.accept()[0]:
                made.signal(signal.SIGTERM)
                self.assertEqual(made.result(), 1)
                self.assertRegex(made.said(), r"not published: 1 message\n")

    def test_a_closed_output_is_none_that_takes_messages(self):
        at = self.broker()
        self.module(at)
        made = world.process(self.folder, "sh", "-c", 'exec "$0" "$@" >&-', os.environ["ATMQTT"], "sub", "--device",
                             self.path("ttyV0"), "-h", "b", "-i", "driven", "-t", "t", "-C", "1")
        self.addCleanup(made.kill)
        at.await_saying("Sending SUBACK to driven")
        self.publish(at, "t", b"x")
        self.assertEqual(made.result(), 1)
        self.assertIn("cannot write to standard output", made.said())

    def test_a_broker_may_be_an_address_in_brackets(self):
        with socket.socket(socket.AF_INET6) as listener:
            listener.bind(("::1", 0))
            listener.listen()
            module, host = self.pty("--broker", f"[::1]:{listener.getsockname()[1]}")
            host.be_quiet().command('AT+MQTTCFG="h",1,"i",60,"","",1,"",0', "OK")
            host.send('AT+MQTTOPEN=0,0,0,0,0,"",""')
            listener.settimeout(world.DEADLINE)
            with listener.accept()[0] as peer:
                peer.recv(1000)
                peer.sendall(b"\x20\x02\x00\x00")
                host.expect_lines("+MQTTOPEN: OK", "OK")

    def test_what_the_host_says_is_lost_too(self):
        module, host = self.pty("--drop", "1000", "--trace")
        host.send("AT")
        host.expect_silence()
        self.assertEqual(module.said(), "")

    def test_faults_that_are_planned_come_all(self):
        at = self.broker()
        module, host = self.pty("--restart-after", "60", "--cut-after", "30", "--reconnect-ms", "1,1,1")
        host.be_quiet().open(at)
        module.await_saying("fault: the module restarts")
        module.await_saying("fault: the link is cut")

    def test_a_link_that_is_cut_is_reset(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            module, host = self.pty("--cut-after", "50", "--broker", f"127.0.0.1:{listener.getsockname()[1]}")
            host.be_quiet().command('AT+MQTTCFG="h",1,"i",60,"","",1,"",0', "OK")
            host.send('AT+MQTTOPEN=0,0,0,0,0,"",""')
            peer, _ = listener.accept()
            with peer:
                peer.recv(1000)
                peer.sendall(b"\x20\x02\x00\x00")
                module.await_saying("fault: the link is cut")
                with self.assertRaises(ConnectionResetError):
                    peer.recv(1000)

    def test_authorities_hold_for_the_broker_of_the_command_line_and_it_is_told_its_name(self):
        where = world.make_authority(self.folder, "authority")
        world.make_certificate(self.folder, self.path("authority"), "DNS:localhost,IP:127.0.0.1")
        names = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("broker.pem"), self.path("broker.key"))
        context.sni_callback = lambda _, name, __: names.append(name)
        for name in ("localhost", "127.0.0.1"):
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", 0))
                listener.listen()
                module, host = self.pty("--cafile", where, "--broker", f"{name}:{listener.getsockname()[1]}")
                host.be_quiet().command('AT+MQTTCFG="h",1,"i",60,"","",1,"2018",1', "OK")
                host.send('AT+MQTTOPEN=0,0,0,0,0,"",""')
                with context.wrap_socket(listener.accept()[0], server_side=True) as peer:
                    peer.recv(1000)
                    peer.sendall(b"\x20\x02\x00\x00")
                    host.expect_lines("+MQTTOPEN: OK", "OK")
        self.assertEqual(names, ["localhost", None])


class ports(world.case):
    def files_of(self, module):
        return sorted(os.readlink(f"/proc/{module.child.pid}/fd/{one}").split(":")[0]
                      for one in os.listdir(f"/proc/{module.child.pid}/fd"))

    def test_hosts_that_leave_a_pty_leave_no_file_open(self):
        link = self.path("modem")
        module = self.modem("--pty", link, stdout=subprocess.DEVNULL)
        world.eventually(lambda: os.path.islink(link), module.said)
        counts = []
        for count in range(1, 4):
            host = self.at_port(os.open(link, os.O_RDWR | os.O_NOCTTY))
            host.write(b"ATE0\rAT\r")
            host.skip_to(b"OK\r\n")
            host.close()
            module.await_saying("the host has closed the port\n", count)
            counts.append(len(self.files_of(module)))
        self.assertEqual(counts[0], counts[2])

    def test_hosts_that_leave_a_socket_leave_no_file_open(self):
        module = self.listening()
        counts = []
        for count in range(1, 4):
            host = self.peer()
            host.write(b"ATE0\r")
            host.skip_to(b"OK\r\n")
            host.close()
            module.await_saying("the host has left\n", count)
            counts.append(len(self.files_of(module)))
        self.assertEqual(counts[0], counts[2])

    def test_a_link_that_is_another_one_by_then_is_left(self):
        link = self.path("modem")
        module = self.modem("--pty", link, stdout=subprocess.DEVNULL)
        world.eventually(lambda: os.path.islink(link), module.said)
        os.unlink(link)
        os.symlink("elsewhere", link)
        module.signal(signal.SIGTERM)
        self.assertEqual(module.result(), 0)
        self.assertEqual(os.readlink(link), "elsewhere")

    def test_a_link_is_in_use_by_whatever_path_it_is_named(self):
        link = self.path("modem")
        module = self.modem("--pty", link, stdout=subprocess.DEVNULL)
        world.eventually(lambda: os.path.islink(link), module.said)
        same = os.path.join(self.folder, "..", os.path.basename(self.folder), "modem")
        self.assertIn("is that of another atmqtt-modem", self.refused_modem(1, "--pty", same))

    def test_a_terminal_is_left_as_it_was(self):
        outer, inner = pty.openpty()
        self.addCleanup(os.close, outer)
        self.addCleanup(os.close, inner)
        before = termios.tcgetattr(inner)
        module = self.modem("--stdio", stdin=inner, stdout=subprocess.PIPE)
        world.eventually(lambda: termios.tcgetattr(inner) != before, module.said)
        os.write(outer, b"\x04")
        self.assertEqual(module.result(), 0)
        self.assertEqual(termios.tcgetattr(inner), before)

    def test_as_by_nohup_a_module_outlives_its_terminal(self):
        link = self.path("modem")
        words = ("sh", "-c", 'trap "" HUP; exec "$0" "$@"', os.environ["ATMQTT_MODEM"], "--pty", link)
        made = world.process(self.folder, *words, stdout=subprocess.DEVNULL)
        self.addCleanup(made.kill)
        world.eventually(lambda: os.path.islink(link), made.said)
        made.signal(signal.SIGHUP)
        self.at_port(os.open(link, os.O_RDWR | os.O_NOCTTY)).be_quiet().command("AT", "OK")

    def test_an_alarm_inside_an_answer_is_spelled_as_all_are(self):
        host = self.pty("--urc-inside", "--spelling", "sdk")[1]
        host.write(b"ATE0\r")
        host.expect(b"ATE0\r\r\n+MQTTPINGRESP:OK\r\n\r\nOK\r\n")


if __name__ == "__main__":
    world.main()
