"""Where the host is: at a pty, at a socket, at standard input and output."""
# SPDX-License-Identifier: MIT

import os
import random
import signal
import socket
import subprocess

import world


class at_a_pty(world.case):
    def at(self, link):
        return self.at_port(os.open(link, os.O_RDWR | os.O_NOCTTY))

    def started(self, *options):
        """With the name of its pty."""
        made = self.modem("--pty", *options, stdout=subprocess.PIPE)
        return made, made.child.stdout.readline().decode().rstrip("\n")

    def test_its_path_is_printed(self):
        _, path = self.started()
        self.assertTrue(path.startswith("/dev/pts/"), path)
        self.at(path).be_quiet()

    def test_the_link_is_printed_made_and_removed_at_the_end(self):
        link = self.path("modem")
        module, path = self.started(link)
        self.assertEqual(path, link)
        self.assertTrue(os.readlink(link).startswith("/dev/pts/"))
        self.at(link).be_quiet()
        module.signal(signal.SIGTERM)
        self.assertEqual(module.result(), 0)
        self.assertFalse(os.path.lexists(link))

    def test_a_terminal_that_is_closed_ends_it_in_order(self):
        at = self.broker()
        link = self.path("modem")
        module, _ = self.started(link)
        self.at(link).be_quiet().open(at)
        module.signal(signal.SIGHUP)
        self.assertEqual(module.result(), 0)
        self.assertFalse(os.path.lexists(link))
        at.await_saying("Received DISCONNECT from ml302")

    def test_a_stale_link_is_replaced(self):
        link = self.path("modem")
        module, _ = self.started(link)
        module.signal(signal.SIGKILL)
        module.result()
        self.assertTrue(os.path.islink(link))
        self.started(link)
        self.at(link).be_quiet()

    def test_a_link_in_use_is_refused(self):
        link = self.path("modem")
        self.started(link)
        self.assertIn(f"{link} is that of another atmqtt-modem", self.refused_modem(1, "--pty", link))
        self.at(link).be_quiet()

    def test_a_file_is_not_replaced(self):
        link = self.path("modem")
        with open(link, "w", encoding="utf-8") as file:
            file.write("precious")
        self.assertIn(f"{link} is there, and is no link to a pty", self.refused_modem(1, "--pty", link))
        with open(link, encoding="utf-8") as file:
            self.assertEqual(file.read(), "precious")

    def test_the_module_outlives_its_hosts(self):
        at = self.broker()
        module, path = self.started()
        first = self.at(path).be_quiet()
        first.open(at)
        first.command('AT+MQTTSUB="t",1', "+MQTTSUBACK: 1,1,t", "OK")
        first.close()
        module.await_saying("the host has closed the port\n")
        second = self.at(path)
        second.command("AT+MQTTSTAT?", "+MQTTSTAT: 1", "OK")
        self.publish(at, "t", b"still there")
        self.assertEqual(second.message()[2], b"still there")

    def test_what_one_host_did_not_read_is_not_for_the_next(self):
        module, path = self.started()
        first = self.at(path).be_quiet()
        first.write(b"ATI\r" * 2000)
        first.wait_for(lambda: len(first.held) > 0, "an answer")
        first.close()
        module.await_saying("the host has closed the port\n")
        second = self.at(path)
        second.command("ATI", "atmqtt", "OK")
        second.expect_silence()

    def test_a_host_that_is_gone_at_once_is_obeyed(self):
        at = self.broker()
        module, path = self.started()
        host = self.at(path).be_quiet()
        host.configure(at)
        host.close()
        module.await_saying("the host has closed the port\n")
        quick = self.at(path)
        quick.send('AT+MQTTOPEN=0,0,0,0,0,"",""')
        quick.close()
        at.await_saying("New client connected")


class at_a_socket(world.case):
    def test_hosts_come_one_after_another_and_the_module_lives_on(self):
        at = self.broker()
        self.listening()
        first = self.peer().be_quiet()
        first.open(at)
        second = self.peer()
        second.send("AT+MQTTSTAT?")
        second.expect_silence()
        first.close()
        second.expect_lines("+MQTTSTAT: 1", "OK")
        second.close()
        self.peer().command("AT+MQTTDISC", "+MQTTDISC: OK", "OK")

    def test_what_one_host_did_not_read_is_not_for_the_next(self):
        self.listening()
        first = self.peer().be_quiet()
        first.write(b"ATI\r" * 5000)
        first.close()
        self.peer().command("AT", "OK")

    def test_a_stale_socket_is_replaced_and_removed_at_the_end(self):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(self.path("at"))
        module = self.modem("--listen", "unix:" + self.path("at"))
        world.eventually(self.is_answered, module.said)
        self.peer().be_quiet()
        module.signal(signal.SIGTERM)
        self.assertEqual(module.result(), 0)
        self.assertFalse(os.path.lexists(self.path("at")))

    def is_answered(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.path("at")) == 0

    def test_one_that_is_in_use_is_refused(self):
        self.listening()
        self.refused()
        self.peer().be_quiet()

    def test_a_file_is_refused(self):
        with open(self.path("at"), "w", encoding="utf-8"):
            pass
        self.refused()

    def refused(self):
        said = self.refused_modem(1, "--listen", "unix:" + self.path("at"))
        self.assertIn("is in use: choose another path", said)


class at_standard_input(world.case):
    def converse(self, text, *options):
        """All that is answered to all that is said."""
        module, host = self.stdio(*options)
        host.write(text)
        module.child.stdin.close()
        host.close_writing()
        answers = host.rest()
        self.assertEqual(module.result(), 0)
        return answers

    def test_lines_end_by_lf_by_cr_or_by_both(self):
        for end in (b"\n", b"\r", b"\r\n"):
            self.assertEqual(self.converse(b"ATE0" + end + b"AT" + end).replace(b"\n", b"").count(b"\rOK\r"), 2, end)

    def test_lf_behind_cr_is_not_another_line_nor_data(self):
        at = self.broker()
        there = self.subscriber(at, "t")
        said = self.setup(at) + b'AT+MQTTPUB="t",1,0,0,3\r\na\nb\r\nAT\r\n'
        self.assertIn(b"+MQTTPUBACK: 0,1", self.converse(said.replace(b"\n", b"\r\n", 3)))
        self.assertEqual(there.messages()[0][3], b"a\nb")

    def setup(self, at):
        return b'ATE0\nAT+MQTTCFG="127.0.0.1",%d,"me",60,"","",0\nAT+MQTTOPEN=0,0,0,0,0,"",""\n' % at.port

    def test_the_end_of_the_input_waits_for_the_last_command_and_disconnects(self):
        at = self.broker()
        for end in (b"\n", b""):
            answers = self.converse(self.setup(at) + b'AT+MQTTSUB="t",1' + end)
            self.assertEqual(answers, b"ATE0\r\r\nOK\r\n\r\nOK\r\n\r\n+MQTTOPEN: OK\r\n\r\nOK\r\n"
                             b"\r\n+MQTTSUBACK: 1,1,t\r\n\r\nOK\r\n\r\n+MQTTDISC: OK\r\n")
        at.await_saying("Received DISCONNECT from me", 2)

    def test_data_that_are_cut_short_fail_their_command(self):
        at = self.broker()
        for end in (b"\nabc", b"\n", b""):
            answers = self.converse(self.setup(at) + b'AT+MQTTPUB="t",1,0,0,10' + end)
            self.assertTrue(answers.endswith(b"\r\n> \r\n+CME ERROR: 608\r\n\r\n+MQTTDISC: OK\r\n"), answers)

    def test_what_comes_late_is_waited_for(self):
        for fault in ("--delay-ms", "--late-ok-ms"):
            self.assertTrue(self.converse(b"AT\n", fault, "100").endswith(b"\r\nOK\r\n"), fault)

    def test_backspace_and_del_edit(self):
        self.assertEqual(self.converse(b"ATX\x7fI\b\n").replace(b"\x7f", b"\b"), b"ATX\bI\b\r\r\nOK\r\n")

    def test_where_nobody_reads_any_more_it_disconnects_and_ends(self):
        at = self.broker()
        module, host = self.stdio()
        module.status = 1
        host.write(b"ATE0\n")
        host.expect(b"ATE0\r\r\nOK\r\n")
        host.open(at)
        os.close(host.reads)
        module.child.stdout.close()
        host.reads = os.open(os.devnull, os.O_RDONLY)
        host.write(b"AT\n")
        self.assertEqual(module.result(), 1)
        self.assertEqual(module.said(), "atmqtt-modem: cannot write to standard output: Broken pipe\n")
        at.await_saying("Received DISCONNECT from ml302")

    def test_what_cannot_be_written_ends_it(self):
        with open("/dev/full", "wb") as full:
            module = self.modem("--stdio", stdin=subprocess.PIPE, stdout=full)
        module.status = 1
        module.child.stdin.write(b"AT\n")
        self.assertEqual(module.result(), 1)
        self.assertEqual(module.said(), "atmqtt-modem: cannot write to standard output: No space left on device\n")


class a_host_that_does_not_read(world.case):
    LINE = b"ATI".ljust(1000) + b"\r"  # is echoed too

    def test_it_is_waited_for_and_loses_nothing(self):
        for host in (self.pty()[1], self.stdio()[1]):
            rest = host.write_blindly(self.LINE * 600)
            self.assertNotEqual(rest, b"")
            host.write(rest + b"AT+CMEE?\r")
            answers = host.skip_to(b"AT+CMEE?\r\r\n+CMEE: 1\r\n\r\nOK\r\n")
            self.assertTrue(answers == (self.LINE + b"\r\natmqtt\r\n\r\nOK\r\n") * 600)

    def test_it_does_not_keep_the_module_from_ending(self):
        module, host = self.stdio()
        host.write(b"AT\r")
        host.skip_to(b"AT\r\r\nOK\r\n")  # it has come up: a signal before would end it at once
        host.write_blindly(self.LINE * 600)
        module.signal(signal.SIGTERM)
        self.assertEqual(module.result(), 0)


class garbage(world.case):
    def test_random_bytes_do_not_end_it(self):
        made = random.Random(1)
        noise = bytes(made.getrandbits(8) for _ in range(100_000))
        for host in (self.pty()[1], self.stdio()[1]):
            host.write(noise + b"\rATE0\r")
            host.skip_to(b"ATE0\r\r\nOK\r\n")
            host.command("AT", "OK")

    def test_commands_with_random_tails_do_not_end_it(self):
        made = random.Random(2)
        heads = (b"AT+MQTTCFG=", b"AT+MQTTOPEN=", b"AT+MQTTSUB=", b"AT+MQTTPUB=", b"AT+MQTTTO=", b"AT+MQTTREC=")
        host = self.host()
        for _ in range(2000):
            host.write(made.choice(heads) + bytes(made.choice(b'"",,01235x\\ ') for _ in range(12)) + b"\r")
        host.send("ATI")
        host.skip_to(b"\r\natmqtt\r\n\r\nOK\r\n")

class line_feeds(world.case):
    def test_one_behind_the_cr_of_a_counted_command_is_none_of_its_data_though_it_comes_by_itself(self):
        at = self.broker()
        there = self.subscriber(at, "t", 20)
        host = self.host()
        host.open(at)
        for _ in range(20):
            host.write(b'AT+MQTTPUB="t",0,0,0,2\r')
            host.write(b"\n")
            host.expect(b"\r\n> ")
            host.write(b"ab")
            host.expect_lines("OK")
        self.assertEqual({one[3] for one in there.messages()}, {b"ab"})


if __name__ == "__main__":
    world.main()
