"""What the module says, and does, when the broker fails it."""
# SPDX-License-Identifier: MIT

import signal
import socket
import subprocess

import world

OPEN = 'AT+MQTTOPEN=0,0,0,0,0,"",""'
OPEN_AS = 'AT+MQTTOPEN=1,1,0,0,0,"",""'
OPENED = ("+MQTTOPEN: OK", "OK")
TRIES = ("+MQTTREC:0", "+MQTTREC:1", "+MQTTREC:2", "+MQTTDISC: OK")


def passwords(folder):
    """Lines for a broker that knows joe."""
    subprocess.run((world.tool("mosquitto_passwd"), "-b", "-c", f"{folder}/passwords", "joe", "right"), check=True,
                   timeout=world.DEADLINE)
    return ("allow_anonymous false", f"password_file {folder}/passwords")


class opening(world.case):
    def test_a_wrong_password_is_614_and_the_right_one_opens(self):
        at = self.broker(*passwords(self.folder))
        module, host = self.pty()
        host.be_quiet().configure(at, user="joe", passwd="wrong")
        host.command(OPEN_AS, "+CME ERROR: 614")
        host.command("AT+MQTTSTAT?", "+MQTTSTAT: 0", "OK")
        self.assertIn("CONNACK code 5", module.said())
        host.open(at, user="joe", passwd="right")

    def test_nobody_who_listens_is_603_and_is_tried_again(self):
        host = self.host("--reconnect-ms", "20,20,20", "--broker", f"127.0.0.1:{world.free_port()}")
        host.command('AT+MQTTCFG="anywhere",1883,"me",60,"","",1', "OK")
        host.command(OPEN, "+CME ERROR: 603", *TRIES)
        host.command("AT+MQTTSTAT?", "+MQTTSTAT: 0", "OK")

    def test_one_who_does_not_answer_is_604(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            host = self.host("--connect-ms", "100", "--broker", f"127.0.0.1:{silent.getsockname()[1]}")
            host.command("AT+MQTTREC=0", "OK")
            host.command('AT+MQTTCFG="anywhere",1883,"me",60,"","",1', "OK")
            host.command(OPEN, "+MQTTTO:1", "+CME ERROR: 604", "+MQTTDISC: OK")

    def test_it_ends_at_once_when_it_is_told_to_meanwhile(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            module, host = self.pty("--broker", f"127.0.0.1:{silent.getsockname()[1]}")
            host.be_quiet().command('AT+MQTTCFG="anywhere",1883,"me",60,"","",1', "OK")
            host.send(OPEN)
            silent.settimeout(world.DEADLINE)
            with silent.accept()[0]:
                module.signal(signal.SIGTERM)
                self.assertEqual(module.result(), 0)

    def test_a_name_that_nobody_has_is_603(self):
        host = self.host()
        host.command("AT+MQTTREC=0", "OK")
        host.command('AT+MQTTCFG="%s",1883,"me",60,"","",1' % ("x" * 64), "OK")  # no label is longer than 63
        host.command(OPEN, "+CME ERROR: 603", "+MQTTDISC: OK")


class loss(world.case):
    """The broker is killed, and started again."""

    def opened(self, at, *options, **words):
        host = self.host("--reconnect-ms", "20,500,3000", *options)
        host.open(at, **words)
        host.command('AT+MQTTSUB="t",1', "+MQTTSUBACK: 1,1,t", "OK")
        return host

    def expect_reconnection(self, host):
        """At whichever try the broker is there."""
        tries = host.skip_to(b"\r\n+MQTTOPEN: OK\r\n").decode().split()
        self.assertEqual(tries, list(TRIES[:max(1, len(tries))]))

    def expect_delivery(self, at, host):
        self.publish(at, "t", b"again")
        self.assertEqual(host.message()[2], b"again")

    def test_a_session_that_the_broker_kept_goes_on(self):
        at = self.broker("persistence true", f"persistence_location {self.folder}/")
        host = self.opened(at, clean=0)
        at.stop()
        at.restart()
        self.expect_reconnection(host)
        host.command("AT+MQTTSUB?", "+MQTTSUB:", "t,1", "OK")
        self.expect_delivery(at, host)
        host.command("AT+MQTTREC?", "+MQTTREC: 1,0", "OK")

    def test_a_clean_session_forgets_its_subscriptions_and_can_subscribe_again(self):
        at = self.broker("persistence true", f"persistence_location {self.folder}/")
        host = self.opened(at, clean=1)
        at.restart()
        self.expect_reconnection(host)
        host.command("AT+MQTTSUB?", "+MQTTSUB:", "OK")
        host.command('AT+MQTTSUB="t",1', "+MQTTSUBACK: 2,1,t", "OK")
        self.expect_delivery(at, host)

    def test_a_session_that_the_broker_forgot_begins_anew(self):
        at = self.broker()
        host = self.opened(at, clean=0)
        at.restart()
        self.expect_reconnection(host)
        host.command("AT+MQTTSUB?", "+MQTTSUB:", "OK")

    def test_what_came_while_the_module_was_away_is_delivered(self):
        at = self.broker()
        host = self.opened(at, clean=0)
        host.command("AT+MQTTDISC", "+MQTTDISC: OK", "OK")
        self.publish(at, "t", b"waiting")
        host.command(OPEN, *OPENED)
        self.assertEqual(host.message()[2], b"waiting")

    def test_a_message_under_way_that_is_lost_is_608(self):
        at = self.broker()
        host = self.opened(at)
        at.signal(signal.SIGSTOP)
        host.send('AT+MQTTPUB="t",2,0,0,"m"')
        host.expect_silence()
        at.restart()
        host.expect_lines("+CME ERROR: 608")
        self.expect_reconnection(host)

    def test_without_reconnecting_it_is_over(self):
        at = self.broker()
        host = self.opened(at)
        host.command("AT+MQTTREC=0", "OK")
        at.kill()
        host.expect_lines("+MQTTDISC: OK")
        host.command('AT+MQTTPUB="t",0,0,0,"m"', "+CME ERROR: 608")

    def test_disc_ends_the_tries(self):
        at = self.broker()
        host = self.opened(at)
        at.kill()
        host.expect_lines("+MQTTREC:0")
        host.command("AT+MQTTPUB=\"t\",0,0,0,\"m\"", "+CME ERROR: 608")
        host.command(OPEN, "+CME ERROR: 602")
        host.command("AT+MQTTDISC", "+MQTTDISC: OK", "OK")
        at.restart()
        host.expect_silence(0.7)

    def test_a_refused_password_ends_the_tries(self):
        at = self.broker()
        host = self.opened(at)
        at.lines = passwords(self.folder)
        at.restart()
        tries = host.skip_to(b"\r\n+MQTTDISC: OK\r\n").decode().split()
        self.assertLess(len(tries), 4)
        host.command("AT+MQTTSTAT?", "+MQTTSTAT: 0", "OK")


class silence(world.case):
    """The broker is frozen: its sockets are there, and nobody answers."""

    def opened(self, *options, **words):
        at = self.broker()
        host = self.host("--ack-ms", "300", "--connect-ms", "300", "--reconnect-ms", "20,20,20", *options)
        host.open(at, **words)
        host.command('AT+MQTTSUB="t",1', "+MQTTSUBACK: 1,1,t", "OK")
        at.signal(signal.SIGSTOP)
        return at, host

    def test_a_publish_is_late_and_the_module_gives_up_until_it_is_told_to_open(self):
        at, host = self.opened()
        host.command('AT+MQTTPUB="t",1,0,0,"m"', "+MQTTTO:2", "+CME ERROR: 608", *TRIES)
        host.command("AT+MQTTSTAT?", "+MQTTSTAT: 0", "OK")
        at.signal(signal.SIGCONT)
        host.command(OPEN, *OPENED)

    def test_subscribe_and_unsubscribe_are_late_too(self):
        for command, alarm, code in (('AT+MQTTSUB="u",1', 3, 605), ('AT+MQTTUNSUB="t"', 4, 618)):
            _, host = self.opened()
            host.command("AT+MQTTREC=0", "OK")
            host.command(command, f"+MQTTTO:{alarm}", f"+CME ERROR: {code}", "+MQTTDISC: OK")

    def test_three_pings_without_an_answer_are_the_end_of_the_connection(self):
        at, host = self.opened(keep_alive=1)
        host.expect_lines("+MQTTTO:5", "+MQTTTO:5", "+MQTTTO:5", "+MQTTREC:0")
        at.signal(signal.SIGCONT)
        host.skip_to(b"\r\n+MQTTOPEN: OK\r\n")

    def test_a_ping_that_is_answered_again_clears_the_strikes(self):
        at, host = self.opened(keep_alive=1)
        host.expect_lines("+MQTTTO:5", "+MQTTTO:5")
        at.signal(signal.SIGCONT)
        host.skip_to(b"\r\n+MQTTPINGRSP: OK\r\n")
        at.signal(signal.SIGSTOP)
        host.skip_to(b"\r\n+MQTTTO:5\r\n")
        host.command("AT+MQTTSTAT?", "+MQTTSTAT: 1", "OK")


class tls(world.case):
    """A broker whose certificate is of an authority that was made for the test."""

    TAIL = ',"2018-10-31",1'

    def secured(self, names="IP:127.0.0.1,DNS:localhost"):
        self.trusted = world.make_authority(self.folder, "trusted")
        return self.broker(*world.make_certificate(self.folder, "trusted", names))

    def refused(self, at, words, *options, where="127.0.0.1"):
        module, host = self.pty(*options)
        host.be_quiet().command("AT+MQTTREC=0", "OK")
        host.configure(at, tail=self.TAIL, where=where)
        host.command(OPEN, "+CME ERROR: 603", "+MQTTDISC: OK")
        self.assertRegex(module.said(), rf"\A[^\n]*certificate is refused: [^\n]*(?:{words})[^\n]*\n\Z")

    def test_both_ways_work_whatever_the_size(self):
        at = self.secured()
        host = self.host("--cafile", self.trusted)
        host.open(at, tail=self.TAIL)
        host.command('AT+MQTTSUB="t",1', "+MQTTSUBACK: 1,1,t", "OK")
        payload = bytes(range(256)) * 4
        host.send('AT+MQTTPUB="t",0,0,0,1024')
        host.expect(b"\r\n> ")
        host.write(payload)
        host.expect_lines("OK")
        self.assertEqual(host.message()[2], payload)

    def test_a_host_name_works_as_an_address_does(self):
        at = self.secured()
        host = self.host("--cafile", self.trusted)
        host.open(at, tail=self.TAIL, where="localhost")

    def test_another_authority_is_not_trusted(self):
        at = self.secured()
        self.refused(at, "self-signed|issuer", "--cafile", world.make_authority(self.folder, "other"))

    def test_those_of_the_system_do_not_know_it(self):
        self.refused(self.secured(), "self-signed|issuer")

    def test_a_certificate_of_another_name_is_refused(self):
        at = self.secured("DNS:elsewhere.example")
        self.refused(at, "IP address mismatch", "--cafile", self.trusted)
        self.refused(at, "hostname mismatch", "--cafile", self.trusted, where="localhost")

    def test_a_broker_without_tls_is_603(self):
        host = self.host()
        host.command("AT+MQTTREC=0", "OK")
        host.configure(self.broker(), tail=self.TAIL)
        host.command(OPEN, "+CME ERROR: 603", "+MQTTDISC: OK")


if __name__ == "__main__":
    world.main()
