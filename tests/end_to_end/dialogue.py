"""What a host and the module say to each other, as the manual prints it."""
# SPDX-License-Identifier: MIT

import world


class section_3(world.case):
    def test_the_flow_goes_as_printed(self):
        at = self.broker()
        host = self.host()
        host.command('AT+MQTTCFG="127.0.0.1",%d,"4069959",10,"75829","IIOu0oFUg1guk20ornTK1uzAcnM=",1' % at.port, "OK")
        host.command('AT+MQTTOPEN=1,1,1,1,1,"mywill","001bye"', "+MQTTOPEN: OK", "OK")
        host.command('AT+MQTTSUB="pyr",1', "+MQTTSUBACK: 1,1,pyr", "OK")
        host.command('AT+MQTTPUB="dev/gsm/u",1,0,0,"abc"', "+MQTTPUBACK: 0,2", "OK")
        host.send('AT+MQTTPUB="pyr",1,0,0,"abc"')
        answers = sorted(host.line() for _ in range(3))
        self.assertEqual(answers, ["+MQTTPUBACK: 0,3", '+MQTTPUBLISH: 0,1,0,1,"pyr",3,abc', "OK"])
        host.command('AT+MQTTUNSUB="pyr"', '+MQTT UNSUBACK:4,"pyr"', "OK")
        host.command('AT+MQTTPUB="pyr",1,0,0,"abcdef"', "+MQTTPUBACK: 0,5", "OK")
        host.command("AT+MQTTDISC", "+MQTTDISC: OK", "OK")
        host.command("AT+MQTTDEL", "OK")
        host.command("AT+MQTTCFG?", '+MQTTCFG:"(null)"', "OK")
        at.await_saying("Received DISCONNECT from 4069959")

    def test_it_can_be_gone_through_again(self):
        at = self.broker()
        host = self.host()
        for number, name in enumerate(("first", "second"), 1):
            host.open(at, name=name)
            host.command('AT+MQTTSUB="t",0', f"+MQTTSUBACK: {number},0,t", "OK")
            host.command("AT+MQTTDISC", "+MQTTDISC: OK", "OK")
            host.command("AT+MQTTDEL", "OK")

    def test_pings_are_answered_and_shown(self):
        host = self.host()
        host.open(self.broker(), keep_alive=1)
        host.expect_lines("+MQTTPINGRSP: OK", "+MQTTPINGRSP: OK")
        host.command("AT+MQTTDISC", "+MQTTDISC: OK", "OK")


class answers(world.case):
    def test_queries_tell_what_was_set(self):
        at = self.broker()
        host = self.host()
        host.open(at, name="me", keep_alive=7, user="joe", passwd="pw")
        shown = f'+MQTTCFG: "127.0.0.1",{at.port},"me",7,"joe","***",1,"",0'
        host.command("AT+MQTTCFG?", shown, "OK")
        host.command("AT+MQTTSTAT?", "+MQTTSTAT: 1", "OK")
        host.command("AT+MQTTTO=3", "OK")
        host.command("AT+MQTTTO?", "+MQTTTO: 3", "OK")
        host.command("AT+MQTTREC=0", "OK")
        host.command("AT+MQTTREC?", "+MQTTREC: 0,0", "OK")
        host.command("AT+MQTTPING=0", "OK")
        host.command("AT+MQTTPING?", "+MQTTPING: 0", "OK")

    def test_subscriptions_are_listed(self):
        host = self.host()
        host.open(self.broker())
        host.command('AT+MQTTSUB="a/+",2', "+MQTTSUBACK: 1,2,a/+", "OK")
        host.command('AT+MQTTSUB="b/#",0', "+MQTTSUBACK: 2,0,b/#", "OK")
        host.command("AT+MQTTSUB?", "+MQTTSUB:", "a/+,2", "b/#,0", "OK")
        host.command('AT+MQTTSUB="a/+",2', "+CME ERROR: 606")
        host.command('AT+MQTTUNSUB="c"', "+CME ERROR: 601")

    def test_each_command_has_its_state(self):
        host = self.host()
        host.command('AT+MQTTOPEN=0,0,0,0,0,"",""', "+CME ERROR: 601")
        host.command('AT+MQTTSUB="t",0', "+CME ERROR: 613")
        host.command('AT+MQTTPUB="t",0,0,0,"m"', "+CME ERROR: 608")
        host.command('AT+MQTTPUB="t",0,0,0,10', "+CME ERROR: 608")
        host.command("AT+MQTTPING?", "+CME ERROR: 613")
        host.command("AT+MQTTDISC", "ERROR")
        host.open(self.broker())
        host.command('AT+MQTTOPEN=0,0,0,0,0,"",""', "+CME ERROR: 602")
        host.command("AT+MQTTDEL", "+CME ERROR: 601")
        host.command('AT+MQTTCFG="h",1,"i",1,"","",1', "ERROR")

    def test_errors_come_as_the_host_wants_them(self):
        host = self.host()
        host.command("AT+CMEE=0", "OK")
        host.command('AT+MQTTSUB="t",0', "ERROR")
        host.command("AT+CMEE=2", "OK")
        host.send('AT+MQTTSUB="t",0')
        self.assertRegex(host.line(), r"^\+CME ERROR: [A-Za-z]")

    def test_commands_are_echoed_until_that_is_switched_off(self):
        _, host = self.pty()
        host.write(b"at\r")
        host.expect(b"at\r\r\nOK\r\n")
        host.write(b"ATE0\r")
        host.expect(b"ATE0\r\r\nOK\r\n")
        host.command("AT", "OK")

    def test_a_long_line_is_dropped_in_silence_and_the_next_is_obeyed(self):
        host = self.host()
        host.send("AT+MQTTSTAT?" + " " * 1012)
        host.expect_silence()
        host.command("AT+MQTTSTAT?" + " " * 1011, "+MQTTSTAT: 0", "OK")

    def test_without_a_network_open_is_refused(self):
        at = self.broker()
        host = self.host("--network", "down")
        host.configure(at)
        host.command('AT+MQTTOPEN=0,0,0,0,0,"",""', "+CME ERROR: 600")
        host.command("AT+MQTTSTAT?", "+MQTTSTAT: 0", "OK")
        self.assertNotIn("New connection", at.said())


class spelling_sdk(world.case):
    def test_ok_comes_before_what_it_is_about(self):
        at = self.broker()
        host = self.host("--spelling", "sdk")
        host.configure(at)
        host.command('AT+MQTTOPEN=0,0,0,0,0,"",""', "OK", "+MQTTOPEN:OK")
        host.command('AT+MQTTSUB="t",2', "OK", "+MQTTSUBACK:1,2,t")
        host.command("AT+MQTTSUB?", "+MQTTSUB:", "t", "OK")
        self.publish(at, "t", b"one, two")
        self.assertEqual(host.message(), ((0, 1, 0, 1), "t", b"one, two"))
        host.command('AT+MQTTPUB="other",2,0,0,"m"', "+MQTTPUBREC:0,2", "OK", "+MQTTPUBCOMP:0,2")
        host.command('AT+MQTTUNSUB="t"', "OK", "+MQTTUNSUBACK:3,t")
        host.command("AT+MQTTDISC", "OK", "+MQTTDISC: OK")
        host.command("AT+MQTTDISC", "+CME ERROR: 620")

    def test_a_failed_open_says_so(self):
        host = self.host("--spelling", "sdk", "--broker", f"127.0.0.1:{world.free_port()}")
        host.command("AT+MQTTREC=0", "OK")
        host.command('AT+MQTTCFG="h",1,"i",1,"","",1', "OK")
        host.command('AT+MQTTOPEN=0,0,0,0,0,"",""', "+MQTTOPEN:FAIL", "+CME ERROR: 603", "+MQTTDISC: OK")


if __name__ == "__main__":
    world.main()
