"""What the module tells on standard error: what goes over both sides, what is wrong with how it was started, and no password."""
# SPDX-License-Identifier: MIT

import random
import subprocess

import world

SECRET = "S3cret,w0rd"

CONFIGURATIONS = (
    'AT+MQTTCFG="h",1883,"me",60,"joe","%s",1',
    'at+mqttcfg="h",1883,"me",60,"joe","%s",1',
    'AT + MQTT CFG = "h",1883,"me",60,"joe","%s",1',
    'AT+MQTTCFH\bG="h",1883,"me",60,"joe","%s",1',
    'AT+MQTT\nCFG="h",1883,"me",60,"joe","%s",1',
    'AT+MQTTCFG="h",1883,"me",60,"joe","%s",1,"2018-10-31",1',
    'AT+MQTTCFG="h",1883,"me",60,"joe",\u201c%s\u201d,1',
    # These are refused.
    'AT+MQTTCFG="h",1883,"me",60,"joe","%s"',
    'AT+MQTTCFG="h",1883,"me",60,"joe","%s',
    'AT+MQTTCFG="h",1883,"me",60,"joe","%s",7',
    'AT+MQTTCFG="h",99999,"me",60,"joe","%s",1',
    'AT+MQTTCFG=h,1883,me,60,joe,%s,1',
    'AT+MQTTCFG="' + "h" * 1024 + '",1883,"me",60,"joe","%s",1',
    # These have lost bytes.
    'AT+MQTCFG="h",1883,"me",60,"joe","%s",1',
    '+MQTTCFG="h",1883,"me",60,"joe","%s",1',
    'AT+MQTTSTAT?AT+MQTTCFG="h",1883,"me",60,"joe","%s",1',
    'AT+MQTTSUB="t",1AT+MQTCFG="h",1883,"me",60,"joe","%s",1',
    'joe","%s",1',
)


class trace(world.case):
    def test_both_sides_are_shown(self):
        at = self.broker()
        module, host = self.pty("--trace")
        host.be_quiet().open(at)
        host.command('AT+MQTTSUB="t",1', "+MQTTSUBACK: 1,1,t", "OK")
        self.publish(at, "t", b"a\x00b")
        host.message()
        host.publish_counted('"u",0,0,0', b"\xff", "OK")
        for line in ('host   -> MQTTSUB set topic="t" qos=1', "host   <- OK", "broker <- CONNECT level=4",
                     "broker -> CONNACK code=0", 'broker -> PUBLISH qos=1 id=1 topic="t" payload="a\\x00b"',
                     'host   -> "\\xFF"', 'broker <- PUBLISH qos=0 topic="u" payload="\\xFF"'):
            module.await_saying("\n" + line)

    def test_without_it_nothing_is_said_of_what_goes_well(self):
        module, host = self.pty()
        host.be_quiet().open(self.broker())
        host.command("AT+MQTTDISC", "+MQTTDISC: OK", "OK")
        self.assertEqual(module.said(), "")

    def test_no_password_is_shown_however_it_comes(self):
        module, host = self.pty("--trace")
        for line in CONFIGURATIONS:
            host.send(line % SECRET)
        self.synchronise(host, module)
        self.assertNotIn("S3cret", module.said())
        self.assertNotIn("w0rd", module.said())

    def test_no_password_is_shown_when_it_is_used(self):
        at = self.broker()
        module, host = self.pty("--trace")
        host.be_quiet().open(at, user="joe", passwd=SECRET)
        self.synchronise(host, module)
        self.assertIn('user="joe" passwd=***', module.said())
        self.assertNotIn(SECRET, module.said())

    def test_no_password_is_shown_where_bytes_are_lost(self):
        module, host = self.pty("--trace", "--drop", "30", "--seed", "5")
        choices = random.Random(5)
        for _ in range(500):
            host.send(choices.choice(('AT+MQTTSUB="t",1', "AT+MQTTSTAT?", CONFIGURATIONS[0] % SECRET)))
        world.eventually(lambda: module.said().count("\n") > 500, module.said)
        for part in ("S3cre", "w0rd"):
            self.assertNotIn(part, module.said())

    def synchronise(self, host, module):
        host.send("ATI")
        host.skip_to(b"\r\natmqtt\r\n")
        module.await_saying('host   <- "atmqtt"')


class usage(world.case):
    def test_what_is_wrong_is_told_in_one_line(self):
        for words, complaint in (
                ((), "one of --pty, --stdio and --listen"),
                (("--bogus",), "--bogus"),
                (("--pty", "x", "--stdio"), "--pty,--stdio,--listen"),
                (("--stdio", "--bogus"), "--bogus"),
                (("--stdio", "--bogus=1", "x"), "not expected: --bogus, and 1 word not shown here"),
                (("--listen", "tcp:1"), "--listen: 'tcp:1' is not unix:PATH"),
                (("--listen", "unix:"), "--listen: 'unix:' is not unix:PATH"),
                (("--stdio", "--broker", "host"), "--broker: 'host' is not HOST:PORT"),
                (("--stdio", "--broker", "host:0"), "--broker: 'host:0' is not HOST:PORT"),
                (("--stdio", "--broker", "host:65536"), "--broker: 'host:65536' is not HOST:PORT"),
                (("--stdio", "--spelling", "mine"), "--spelling: mine not in {manual,sdk}"),
                (("--stdio", "--protocol", "5"), "--protocol: 5 not in {3.1,3.1.1}"),
                (("--stdio", "--network", "half"), "--network: half not in {up,down}"),
                (("--stdio", "--cafile", self.path("none")), "--cafile: File does not exist"),
                (("--stdio", "--reconnect-ms", "1,2"), "--reconnect-ms: "),
                (("--stdio", "--connect-ms", "-1"), "--connect-ms: "),
                (("--stdio", "--ack-ms", "0"), "--ack-ms: "),
                (("--stdio", "--seed", "-1"), "--seed: not a whole number from 0 to 4294967295"),
                (("--stdio", "--drop", "1001"), "--drop: ")):
            self.assertIn(complaint, self.refused_modem(2, *words))

    def test_a_path_that_cannot_be_had_is_told(self):
        self.assertIn("cannot link", self.refused_modem(1, "--pty", self.path("no/where")))
        self.assertIn("cannot listen", self.refused_modem(1, "--listen", "unix:" + self.path("no/where")))

    def test_help_is_no_error(self):
        self.assertEqual(self.modem("--help", stdout=subprocess.DEVNULL).result(), 0)


if __name__ == "__main__":
    world.main()
