"""Messages arrive, each as often as its QoS says, and byte for byte."""
# SPDX-License-Identifier: MIT

import signal

import world

every_byte = bytes(range(256))


def answers_of(qos, number):
    """To AT+MQTTPUB."""
    return (["OK"], [f"+MQTTPUBACK: 0,{number}", "OK"],
            [f"+MQTTPUBREC: 0,{number}", f"+MQTTPUBCOMP: 0,{number}", "OK"])[qos]


class from_the_module(world.case):
    def test_each_qos_is_delivered_as_such(self):
        at = self.broker()
        host = self.host()
        host.open(at)
        there = self.subscriber(at, "t", 3)
        for qos, number in ((0, 0), (1, 1), (2, 2)):
            host.command(f'AT+MQTTPUB="t",{qos},0,0,"m{qos}"', *answers_of(qos, number))
        self.assertEqual(there.messages(), [("t", 0, False, b"m0"), ("t", 1, False, b"m1"), ("t", 2, False, b"m2")])

    def test_a_retained_message_waits_for_later_subscribers(self):
        at = self.broker()
        host = self.host()
        host.open(at)
        host.command('AT+MQTTPUB="t",1,1,0,"kept"', *answers_of(1, 1))
        self.assertEqual(self.subscriber(at, "t").messages(), [("t", 1, True, b"kept")])

    def test_json_comes_without_its_escapes(self):
        at = self.broker()
        host = self.host()
        host.open(at)
        there = self.subscriber(at, "t")
        host.command(r'AT+MQTTPUB="t",1,0,0,"{\"a\":[1,2],\"b\":\"c, d\"}"', *answers_of(1, 1))
        self.assertEqual(there.messages()[0][3], b'{"a":[1,2],"b":"c, d"}')

    def test_every_byte_may_be_counted(self):
        at = self.broker()
        host = self.host()
        host.open(at)
        there = self.subscriber(at, "t", 3)
        for number, payload in enumerate((every_byte, every_byte * 4, b"\r\nAT\r\n"), 1):
            host.publish_counted('"t",2,0,0', payload, *answers_of(2, number))
        self.assertEqual([one[3] for one in there.messages()], [every_byte, every_byte * 4, b"\r\nAT\r\n"])

    def test_nothing_may_be_counted(self):
        at = self.broker()
        host = self.host()
        host.open(at)
        there = self.subscriber(at, "t")
        host.command('AT+MQTTPUB="t",1,0,0,0', *answers_of(1, 1))
        self.assertEqual(there.messages(), [("t", 1, False, b"")])

    def test_an_lf_behind_the_command_is_not_counted(self):
        at = self.broker()
        host = self.host()
        host.open(at)
        there = self.subscriber(at, "t")
        host.write(b'AT+MQTTPUB="t",1,0,0,3\r\nabc')
        host.expect(b"\r\n> ")
        host.expect_lines(*answers_of(1, 1))
        self.assertEqual(there.messages()[0][3], b"abc")

    def test_a_thousand_messages_are_all_there_once(self):
        at = self.broker()
        host = self.host()
        host.open(at)
        there = self.subscriber(at, "t", 1000)
        for number in range(1, 1001):
            host.command(f'AT+MQTTPUB="t",2,0,0,"{number}"', *answers_of(2, number))
        self.assertEqual([int(one[3]) for one in there.messages()], list(range(1, 1001)))


class to_the_module(world.case):
    def subscribed(self, qos=2, *options):
        at = self.broker()
        host = self.host(*options)
        host.open(at)
        host.command(f'AT+MQTTSUB="t",{qos}', f"+MQTTSUBACK: 1,{qos},t", "OK")
        return at, host

    def test_each_qos_is_shown_as_such(self):
        at, host = self.subscribed()
        for qos in range(3):
            self.publish(at, "t", b"m%d" % qos, qos=qos)
        self.assertEqual(host.message(), ((0, 0, 0, 0), "t", b"m0"))
        self.assertEqual(host.message(), ((0, 1, 0, 1), "t", b"m1"))
        self.assertEqual(host.message(), ((0, 2, 0, 2), "t", b"m2"))
        host.expect_lines("+MQTTPUBREL: 0,2")
        at.await_saying("Received PUBCOMP from ml302")

    def test_the_qos_of_the_subscription_is_a_limit(self):
        at, host = self.subscribed(qos=0)
        self.publish(at, "t", b"m", qos=2)
        self.assertEqual(host.message(), ((0, 0, 0, 0), "t", b"m"))

    def test_a_retained_message_comes_with_the_subscription(self):
        at = self.broker()
        self.publish(at, "t", b"kept", "-r")
        host = self.host()
        host.open(at)
        host.send('AT+MQTTSUB="t",1')
        lines = sorted(host.line() for _ in range(3))
        self.assertEqual(lines, ['+MQTTPUBLISH: 0,1,1,1,"t",4,kept', "+MQTTSUBACK: 1,1,t", "OK"])

    def test_every_byte_and_1024_of_them_are_shown_raw(self):
        at, host = self.subscribed()
        for number, payload in enumerate((every_byte, every_byte * 4, b"", b"\r\nOK\r\n"), 1):
            self.publish(at, "t", payload)
            self.assertEqual(host.message(), ((0, 1, 0, number), "t", payload))

    def test_a_message_of_60_kb_is_shown_whole(self):
        at, host = self.subscribed()
        self.publish(at, "t", every_byte * 240)
        self.assertEqual(host.message(), ((0, 1, 0, 1), "t", every_byte * 240))

    def test_what_is_too_large_for_the_module_is_told_and_the_next_one_comes(self):
        at, host = self.subscribed()
        self.publish(at, "t", every_byte * 300)
        host.expect_lines("+CME ERROR: 609")
        self.publish(at, "t", b"small")
        self.assertEqual(host.message()[2], b"small")

    def test_a_thousand_messages_are_all_there_once(self):
        for qos in (1, 2):
            at, host = self.subscribed(qos)
            self.publish(at, "t", b"".join(b"%d\n" % number for number in range(1000)), "-l", qos=qos)
            self.assertEqual([int(payload) for payload in self.payloads(host, 1000)], list(range(1000)))

    def test_a_host_that_reads_late_loses_nothing(self):
        at, host = self.subscribed(1)
        lines = [b"%03d" % number + b"x" * 997 for number in range(400)]
        self.publish(at, "t", b"\n".join(lines) + b"\n", "-l")
        self.assertEqual(self.payloads(host, 400), lines)

    def payloads(self, host, count):
        """Of so many messages; what the module says of their release is between them."""
        found = []
        while len(found) < count:
            host.wait_for(lambda: len(host.held) > len("\r\n+MQTTPUBxxx"), "another line")
            if host.held.startswith(b"\r\n+MQTTPUBREL"):
                host.line()
            else:
                found.append(host.message()[2])
        return found


class will(world.case):
    def opened(self, qos=1, retain=0):
        at = self.broker()
        module, host = self.pty()
        host.be_quiet().open(at, will=f'1,{retain},{qos},"last","it \\"ends\\""')
        return at, module

    def test_it_is_delivered_when_the_module_dies(self):
        at, module = self.opened(qos=2)
        there = self.subscriber(at, "last")
        module.signal(signal.SIGKILL)
        self.assertEqual(there.messages(), [("last", 2, False, b'it "ends"')])

    def test_it_is_retained_if_it_is_to_be(self):
        at, module = self.opened(retain=1)
        module.signal(signal.SIGKILL)
        at.await_saying("closed its connection")
        self.assertEqual(self.subscriber(at, "last").messages(), [("last", 1, True, b'it "ends"')])

    def test_it_is_not_delivered_when_the_module_is_told_to_end(self):
        at, module = self.opened()
        there = self.subscriber(at, "last")
        module.signal(signal.SIGTERM)
        self.assertEqual(module.result(), 0)
        at.await_saying("Received DISCONNECT from ml302")
        self.publish(at, "last", b"of another")
        self.assertEqual(there.messages()[0][3], b"of another")


class versions(world.case):
    def of_version(self, version, number):
        at = self.broker()
        host = self.host("--protocol", version)
        host.open(at)
        at.await_saying(f"as ml302 (p{number}, c1, k60")
        host.command('AT+MQTTSUB="t",1', "+MQTTSUBACK: 1,1,t", "OK")
        self.publish(at, "t", b"there")
        self.assertEqual(host.message()[2], b"there")
        there = self.subscriber(at, "back")
        host.command('AT+MQTTPUB="back",2,0,0,"again"', *answers_of(2, 2))
        self.assertEqual(there.messages()[0][3], b"again")

    def test_both_work_with_a_broker(self):
        self.of_version("3.1", 1)
        self.of_version("3.1.1", 2)

    def test_mqtt_3_1_knows_ids_up_to_23_bytes(self):
        at = self.broker()
        host = self.host("--protocol", "3.1")
        host.configure(at, name="x" * 24)
        host.command('AT+MQTTOPEN=0,0,0,0,0,"",""', "+CME ERROR: 601")
        host.open(at, name="x" * 23)


if __name__ == "__main__":
    world.main()
