"""Each fault that the module can be told to have, once."""
# SPDX-License-Identifier: MIT

import time

import world


class on_the_port(world.case):
    def test_delay_puts_off_all_that_the_host_gets_in_its_order(self):
        host = self.host("--delay-ms", "300")
        begin = time.monotonic()
        host.write(b"AT\rATI\r")
        host.expect_lines("OK", "atmqtt", "OK")
        self.assertGreaterEqual(time.monotonic() - begin, 0.3)

    def test_chop_gives_small_pieces(self):
        at = self.broker()
        host = self.host("--chop")
        host.open(at)
        host.command('AT+MQTTSUB="t",1', "+MQTTSUBACK: 1,1,t", "OK")
        host.pieces = 0
        self.publish(at, "t", bytes(range(256)) * 4)
        self.assertEqual(host.message()[2], bytes(range(256)) * 4)
        self.assertGreater(host.pieces, 10)

    def test_merge_gives_lines_at_once(self):
        _, host = self.stdio("--merge")
        host.write(b"ATE0\nAT\nATI\n")
        host.expect(b"ATE0\r")
        self.assertEqual(host.held, b"\r\nOK\r\n" * 2 + b"\r\natmqtt\r\n\r\nOK\r\n")

    def test_chop_and_merge_keep_all_bytes(self):
        host = self.host("--chop", "--merge", "--delay-ms", "5")
        for _ in range(5):
            host.command("ATI", "atmqtt", "OK")

    def test_drop_1000_lets_nothing_through(self):
        _, host = self.pty("--drop", "1000")
        host.send("AT")
        host.expect_silence()

    def thinned(self, seed):
        """What comes of 100 commands."""
        module, host = self.stdio("--drop", "20", "--seed", str(seed))
        host.write(b"AT\n" * 100)
        self.close_input(module, host)
        return host.rest()

    def close_input(self, module, host):
        module.child.stdin.close()
        host.close_writing()

    def test_drop_loses_the_same_with_the_same_seed(self):
        first = self.thinned(7)
        self.assertEqual(first, self.thinned(7))
        self.assertNotEqual(first, self.thinned(8))
        self.assertTrue(100 < len(first) < 900, len(first))

    def test_a_host_that_repeats_itself_gets_through_losses(self):
        at = self.broker()
        host = self.host_behind_losses("--drop", "2", "--seed", "3")
        self.repeat(host, f'AT+MQTTCFG="127.0.0.1",{at.port},"me",60,"","",1', b"OK")
        self.repeat(host, 'AT+MQTTOPEN=0,0,0,0,0,"",""', b"+MQTTOPEN: OK", b"602")
        for number in range(20):
            self.repeat(host, f'AT+MQTTPUB="t",1,0,0,"{number}"', b"+MQTTPUBACK: 0,")
        at.await_saying("Received PUBLISH from me", 20)

    def host_behind_losses(self, *options):
        _, host = self.pty(*options)
        self.repeat(host, "ATE0", b"OK")
        return host

    def repeat(self, host, command, *answers):
        """Until one of the answers comes: a line that was lost is asked for again."""
        for _ in range(30):
            host.send(command)
            if host.hears(answers, 0.3):
                return
        self.fail(f"{command} is never answered")

    def test_late_ok_lets_other_lines_come_first(self):
        host = self.host("--late-ok-ms", "300")
        begin = time.monotonic()
        host.write(b"ATI\rATI\r")
        host.expect_lines("atmqtt", "atmqtt", "OK", "OK")
        self.assertGreaterEqual(time.monotonic() - begin, 0.3)

    def test_an_alarm_stands_inside_an_answer(self):
        host = self.host_with_alarms()
        host.command("ATI", "atmqtt", "+MQTTPINGRSP: OK", "OK")

    def host_with_alarms(self):
        _, host = self.pty("--urc-inside")
        host.write(b"ATE0\r")
        host.expect(b"ATE0\r\r\n+MQTTPINGRSP: OK\r\n\r\nOK\r\n")
        return host


class on_the_way_to_the_broker(world.case):
    def opened(self, *options, **words):
        at = self.broker()
        module, host = self.pty("--reconnect-ms", "20,20,20", *options)
        host.be_quiet().open(at, **words)
        return at, module, host

    def test_a_restart_forgets_everything_and_leaves_a_will(self):
        at = self.broker()
        there = self.subscriber(at, "last")
        module, host = self.pty("--restart-after", "200")
        host.be_quiet().open(at, will='1,0,1,"last","gone"')
        self.assertEqual(there.messages()[0][3], b"gone")
        host.write(b"AT+MQTTCFG?\r")
        host.expect(b'AT+MQTTCFG?\r\r\n+MQTTCFG:"(null)"\r\n\r\nOK\r\n')
        self.assertIn("fault: the module restarts\n", module.said())
        host.be_quiet().open(at)

    def test_a_cut_is_reconnected_once(self):
        at, module, host = self.opened("--cut-after", "100")
        host.expect_lines("+MQTTREC:0", "+MQTTOPEN: OK")
        host.expect_silence()
        self.assertIn("fault: the link is cut\n", module.said())
        self.assertEqual(at.said().count("New client connected"), 2)

    def test_in_a_black_hole_a_publish_is_late_and_the_next_connection_gets_through(self):
        at, module, host = self.opened("--blackhole-after", "100", "--ack-ms", "300")
        module.await_saying("fault: nothing gets through any more\n")
        host.command('AT+MQTTPUB="t",1,0,0,"m"', "+MQTTTO:2", "+CME ERROR: 608", "+MQTTREC:0", "+MQTTOPEN: OK")
        self.assertNotIn("Received PUBLISH", at.said())
        host.command('AT+MQTTPUB="t",1,0,0,"m"', "+MQTTPUBACK: 0,2", "OK")


if __name__ == "__main__":
    world.main()
