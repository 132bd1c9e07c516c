#!/bin/sh
# SPDX-License-Identifier: MIT
# Bugs planted in a copy of the headers, one at a time: the explorer must find each of them.
#   plants.sh all|some INCLUDE_DIR EXPLORER_FOLDER COMPILER [OPTION...]
# Some are ten for each explorer, for the time that all take. That an explorer passes with nothing planted is a test beside that one.
# A row is one bug: its name, the explorer that must find it, words of the claim that it must break, the header, and what sed does to
# that header. An explorer ends with status 1 and prints the claim that does not hold; with nothing planted it passes.
set -eu
which=$1 include=$2 folder=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
at_once=2

cat >"$work/rows" <<'END'
the limit of a try is not set       | link | a limit is set             | link/link.hpp | s/void dial(instant now) { start(phase::connecting, .*/void dial(instant) { phase_ = phase::connecting; }/
the limit is for each step of a try | link | a limit is set             | link/link.hpp | s/link_move::greet: phase_ = .*/link_move::greet: return start(phase::greeting, options_.connect_limit, now);/
the first wait comes twice          | link | a limit is set             | link/link.hpp | s/waits\[tries_\]/waits[tries_ == 0 ? 0 : tries_ - 1]/
the farewell has the longer limit   | link | a limit is set             | link/link.hpp | s/options_\.close_limit, now/options_.connect_limit, now/
one ms early                        | link | when it is due             | link/link.hpp | s/!reached(deadline_, now)/!reached(deadline_, now + millis{1})/
one ms late                         | link | by ticks alone             | link/link.hpp | s/!reached(deadline_, now)/reached(now, deadline_)/
compared as numbers that do not wrap | link | makes nothing due         | link/link.hpp | s/!reached(deadline_, now)/now.ticks < deadline_.ticks/
open has a limit                    | link | waits for nothing          | link/link.hpp | s/phase_ != phase::closed && phase_ != phase::open;/phase_ != phase::closed;/
closing has none                    | link | waits until its limit      | link/link.hpp | s/ && phase_ != phase::open/& \&\& phase_ != phase::closing/
what is overdue is waited for       | link | waits until its limit      | link/link.hpp | s/return until(deadline_, now);/return millis{deadline_.ticks - now.ticks};/
tries are not forgotten when open   | link | <reconnum>                 | link/link.hpp | s/tries_ = strikes_ = 0;/strikes_ = 0;/
asked to open, it has tries behind it | link | <reconnum>                 | link/link.hpp | s/link_move::dial: tries_ = 0;/link_move::dial:/
tries are not counted               | link | by ticks alone             | link/link.hpp | s/++tries_; return dial/return dial/
one try too many                    | link | lost it waits for a try    | link/link.hpp | s/tries_ < options_\.tries)/tries_ <= options_.tries)/
one try too few                     | link | lost it waits for a try    | link/link.hpp | s/tries_ < options_\.tries)/tries_ + 1 < options_.tries)/
turned off, and tried again         | link | lost it waits for a try    | link/link.hpp | s/if (reconnects_ && tries_/if (tries_/
it cannot be turned off             | link | <recon>                    | link/link.hpp | s/turn_off: reconnects_ = false;/turn_off:/
turned off, it waits all the same   | link | turned off between         | link/link.hpp | s/stop_waiting: phase_ = phase::closed;/stop_waiting:/
turned off, a try is given up       | link | changes nothing else       | link/link.hpp | s!\(\* reconnect_off .*{ *off, *\)off,!\1stop,!
strikes are not forgotten           | link | pings missed in a row      | link/link.hpp | s/link_move::calm: strikes_ = 0;/link_move::calm:/
strikes outlive a reconnect         | link | pings missed in a row      | link/link.hpp | s/tries_ = strikes_ = 0;/tries_ = 0;/
one strike too many                 | link | pings missed in a row      | link/link.hpp | s/++strikes_ >= /++strikes_ > /
every ping that is missed loses it  | link | pings missed in a row      | link/link.hpp | s/link_move::warn && ++strikes_ >= options_\.strikes/link_move::warn/
CONNACK may be late                 | link | by ticks alone             | link/link.hpp | s!\(\* late .*{ *no, *lose, *lose, *\)lose,!\1no,!
an acknowledgement may be late      | link | lost it waits for a try    | link/link.hpp | s!\(\* ack_timeout .*\)lose,!\1no,!
a socket that is full ends it       | link | lost it waits for a try    | link/link.hpp | s!\(\* send_failed .*lose, *lose, *\)lose,!\1end,!
waiting, it cannot be closed        | link | asked to close             | link/link.hpp | s!\(\* close_asked .*leave, *\)end,!\1no,!
closing, it reconnects              | link | once asked to close        | link/link.hpp | s!\(\* socket_lost .*no, *\)end}!\1lose}!
a farewell may take for ever        | link | by ticks alone             | link/link.hpp | s!\(\* late .*no, *\)end}!\1no}!
without a network it reconnects     | link | without a network          | link/link.hpp | s!\(\* network_lost .*{ *no, *end, *end, *end, *\)end,!\1lose,!
bad credentials are tried again     | link | with bad credentials       | link/link.hpp | s!\(\* bad_credentials .*{ *no, *end, *end, *\)end,!\1lose,!
open, it opens a second socket      | link | it connects when           | link/link.hpp | s!\(\* open_asked .*{ *dial, *refuse, *refuse, *refuse, *\)refuse,!\1dial,!
a stray socket stays                | link | a socket is closed         | link/link.hpp | s!\(\* socket_up .*{\)hangup!\1no!
a pair is undecided                 | link | each event is decided      | link/link.hpp | s/no = static_cast<std::uint8_t>(link_move::ignore)/no = 0/
a loss does not close the socket    | link | a socket is closed         | link/link.hpp | s/hang_up || (had_socket && has_none)/hang_up || move == link_move::end/
waiting, no socket is closed again  | link | a socket is closed         | link/link.hpp | s/ && from != phase::waiting;/;/
each loss is said to be the end     | link | its end is said            | link/link.hpp | s/to == phase::closed; }/(to == phase::closed || to == phase::waiting); }/
a try does not connect              | link | it connects when           | link/link.hpp | s/ || move == link_move::dial_again;/;/
a try that fails is said to be lost | link | a loss is said             | link/link.hpp | s/from == phase::open && closes()/closes()/
an identifier in flight is used    | session | an identifier in flight    | modem/sender.hpp | s/while (records_.is_own(last_id_));/while (false);/
an identifier is 0                  | session | an identifier is not 0     | modem/sender.hpp | s/if (++last_id_ == 0) ++last_id_;/++last_id_;/
a clean session is kept             | session | a release is told          | modem/sender.hpp | s/if (is_clean) end_session();//
what the broker has lost is kept    | session | a release is told          | modem/sender.hpp | /records_.resume();/,/end_session();/s/end_session();/{}/
a lost request has no time limit    | session | each request comes         | modem/sender.hpp | s/if (!awaits_ack_) await_ack(now);//
PUBREL has no time limit            | session | each request comes         | modem/sender.hpp | s/if (carries_pubrel_) await_ack(now);//
a verdict before the last byte      | session | one verdict                | modem/sender.hpp | s/if (request_.at != request::progress::sending) conclude/conclude/
sent again after PUBREL             | session | after PUBREL               | modem/sender.hpp | s/!request_.is_exactly_once() || records_.is_to_be_sent(request_.id);/true;/
sent again without DUP              | session | without DUP                | modem/request.hpp | s/dup = was_offered && is_kept();/dup = false;/
any answer will do                  | session | acknowledged is what       | modem/request.hpp | s/ && id == which//
a message comes twice before PUBREC | session | a QoS 2 message            | modem/in_flight.hpp | s/move_on(id, in_flight_state::owes_pubrec, in_flight_state::received, in_flight_state::owes_pubrec)/move_on(id, in_flight_state::received, in_flight_state::received, in_flight_state::owes_pubrec)/
PUBCOMP before PUBREL               | session | acknowledged is what       | modem/in_flight.hpp | s/find(id, in_flight_state::released, in_flight_state::released)/find(id, in_flight_state::sent, in_flight_state::released)/
answers outlive their connection    | session | an answer is sent          | modem/in_flight.hpp | s/(void)settle_all(nullptr, size_ \* answer_size);//
a stray PUBREL behind its message   | session | after PUBREL               | modem/in_flight.hpp | s/if (one == nullptr) add(id/if (one == nullptr || one->state == in_flight_state::queued) add(id/
a verdict too many                  | session | one verdict                | modem/sender.hpp | s/awaits_ack_ = carries_pubrel_ = false;/awaits_ack_ = false;/
DISCONNECT and more                 | session | DISCONNECT is the last     | modem/sender.hpp | /has_left_ = true;/,/return;/s/turn_ = turn::none;//
two connections at a time           | session | one connection at a time   | modem/session.hpp | s/if (state_ != state::closed) return error{errc::busy};//
busy before its verdict was told    | session | one request at a time      | modem/sender.hpp | s/if (!request_.is_none()) return errc::busy;/if (request_.is_open()) return errc::busy;/
a socket that stalls is told at once again | session | ticks come to an end | modem/sender.hpp | s/outbox_.set_deadline(now + ack_timeout_);//
a late answer is waited for         | session | there is something         | modem/sender.hpp | s/awaits_ack_ && reached(ack_due_, now)/awaits_ack_ \&\& reached(ack_due_, {now.ticks - 1})/
an OK is acknowledgement enough     | chat | acknowledged is what       | host/reply.hpp | s/if (is_acknowledged) return/if (has_final()) return/
an older acknowledgement is credited | chat | acknowledged is what      | host/reply.hpp | s/if (is_older_owed()) return news::late_ack;//
a late one names one of two         | chat | a late acknowledgement     | host/reply.hpp | s/count == 1 \&\& /count >= 1 \&\& /
a late one names one of two levels  | chat | a late acknowledgement     | host/reply.hpp | s/ \&\& !(is_another_due \&\& asked_.level == level)//
what is refused is owed             | chat | a late acknowledgement     | host/reply.hpp | s/ \&\& how != verdict::refused \&\& owed/ \&\& owed/
what was not sent is owed           | chat | a late acknowledgement     | host/reply.hpp | s/ \&\& !has_carrier_ \&\& was_sent;/ \&\& !has_carrier_;/
what is owed outlives its link      | chat | a late acknowledgement     | host/reply.hpp | s/if (is_closed || (/if ((/
each link is a clean one            | chat | a late acknowledgement     | host/reply.hpp | s/(is_another \&\& is_clean_)/is_another/
128 is a grant                      | chat | acknowledged is what       | host/reply.hpp | s/result_.granted == suback_refused;/result_.granted == 255;/
OK alone is accepted of anything    | chat | accepted is what           | host/reply.hpp | s/default: return verdict::no_answer;/default: return verdict::accepted;/
an alarm ends nothing               | chat | has come                   | host/reply.hpp | s/if (is_late_ || final_ == final_is::error) return true;/if (final_ == final_is::error) return true;/
608 is an acknowledgement           | chat | acknowledged is what       | host/reply.hpp | s/return may_be_delivered ? verdict::unknown/return may_be_delivered ? verdict::acknowledged/
a wrong length hides nothing        | chat | where lines may be hidden  | host/chat.hpp | s/if (m.mismatch \&\& is_out()) reply_.taint();//
lost bytes hide nothing             | chat | where lines may be hidden  | host/chat.hpp | s/if (is_out()) reply_.taint();//
answers before the question         | chat | has a part of              | host/chat.hpp | s/if (!is_whole || reply_.is_over()) due.what/if (reply_.is_over()) due.what/
two final results                   | chat | has come                   | host/chat.hpp | s/if (!is_whole || reply_.is_over()) due.what/if (!is_whole) due.what/
a verdict before the last byte      | chat | has a part of              | host/chat.hpp | s/if (offer_.is_under_way()) return;//
a payload without a prompt          | chat | without a prompt           | host/chat.hpp | s/if (has_prompt_) take_prompt(now);/if (is_counted_) take_prompt(now);/
a late prompt is answered           | chat | if it is in time           | host/chat.hpp | /void take_prompt/,/enter\|stage_ = stage::paying/s/if (due_.is_due(now)) return;//
a payload behind an error           | chat | has come                   | host/chat.hpp | s/if (reply_.has_any()) return go_on(now);//
lost, no prompt is due any more     | chat | at the prompt              | host/chat.hpp | s/if (is_prompt_due()) reader_.expect_prompt();//
a probe in a payload                | chat | may be counting            | host/chat.hpp | s/if (is_counted_) return enter/if (has_verdict_ \&\& false) return enter/
no probe                            | chat | a final result is due      | host/chat.hpp | s/^        enter(stage::silent, options_.grace, now);/        enter(stage::resting, options_.pause, now);/
a probe is cut short                | chat | goes out as it was given   | host/chat.hpp | s/if (!offer_.is_under_way()) settle(now);/settle(now);/
one probe only                      | chat | it becomes ready           | host/chat.hpp | s/case stage::probing:$/case stage::probing: if (stage_ == stage::probing) break;/
ready before its verdict was told   | chat | the verdict was told       | host/chat.hpp | s/stage::resting) \&\& !has_verdict_; }/stage::resting); }/
a verdict twice                     | chat | one verdict                | host/chat.hpp | /bool take_verdict/,/out.emplace/s/has_verdict_ = false;//
no verdict where it was restarted   | chat | the verdict was told       | host/chat.hpp | /void restarted/,/offer_.stop/s/has_verdict_ = true;//
the chat is one ms early            | chat | before its time            | host/chat.hpp | s/!due_.is_due(now)/!due_.is_due(now + millis{1})/
the chat's clock does not wrap      | chat | its time                   | core/time.hpp | s/is_set_ && reached(at_, now)/is_set_ \&\& now.ticks >= at_.ticks/
SUBACK of any topic                 | chat | acknowledged is what       | host/meaning.hpp | s/asks(verb::subscribe) \&\& m.topic == text{asked.topic}/asks(verb::subscribe)/
PUBACK at QoS 2                     | chat | has come                   | host/meaning.hpp | s/carrier_if(publishes(qos::at_least_once), /carrier_if(asks(verb::publish), /
any +MQTTTO ends any                | chat | not acknowledged in time   | host/meaning.hpp | s/static_cast<timeout_kind>(m.value) == own/m.value != 0/
605 ends any                        | chat | refused is what            | host/meaning.hpp | s/already_subscribed: return what == verb::subscribe/already_subscribed: return true/
FAIL is a success                   | chat | acknowledged is what       | host/meaning.hpp | s/return how == status::ok ?.*/return carrier_if(is_it);/
END

if [ "$which" = some ]; then
    # Evenly spread over each explorer's rows.
    awk -F '|' '
        { row[NR] = $0; of[NR] = $2; count[$2]++ }
        END { for (i = 1; i <= NR; i++) { n = seen[of[i]]++; if (int((n + 1) * 10 / count[of[i]]) > int(n * 10 / count[of[i]])) print row[i] } }
    ' "$work/rows" >"$work/some"
    mv "$work/some" "$work/rows"
fi

# explore EXPLORER HEADERS PROGRAM COMPILER [OPTION...]: compiles it and runs it. What is said goes to PROGRAM.said.
explore() {
    source=$folder/$1.cpp headers=$2 program=$3
    shift 3
    "$@" -I "$headers" "$source" -o "$program" >"$program.said" 2>&1 || return 2
    timeout 120 "$program" >"$program.said" 2>&1
}

# judge TREE ROW COMPILER [OPTION...]: what is wrong with a row, tried in a new TREE; nothing, if its bug is found.
judge() {
    tree=$1 row=$2
    shift 2
    IFS='|' read -r name explorer words header expression <<END
$row
END
    words=$(trim "$words") header=atmqtt/$(trim "$header") status=0
    cp -R "$include" "$tree"
    sed "$expression" "$include/$header" >"$tree/$header" || return 0
    if cmp -s "$include/$header" "$tree/$header"; then echo "sed changes nothing"; return; fi
    explore "$(trim "$explorer")" "$tree" "$tree/program" "$@" || status=$?
    case $status in
        0) echo "not found" ;;
        1) grep -qF -- "$words" "$tree/program.said" && return; echo "found, but not for \"$words\":" ;;
        2) echo "does not compile:" ;;
        *) echo "ends with status $status:" ;;
    esac
    cat "$tree/program.said"
}
trim() { printf '%s\n' "$1" | sed 's/^ *//; s/ *$//'; }

if [ "$which" = all ]; then
    # shellcheck disable=SC2013  # names without blanks
    for explorer in $(cut -d '|' -f 2 "$work/rows" | sort -u); do
        explore "$explorer" "$include" "$work/$explorer" "$@" && continue
        cat "$work/$explorer.said"
        echo "$explorer.cpp fails with nothing planted"
        exit 1
    done
fi

count=0 failed=0
while IFS= read -r row; do
    count=$((count + 1))
    (judge "$work/$count" "$row" "$@" >"$work/$count.verdict" 2>&1 </dev/null; rm -rf "${work:?}/$count") &
    [ $((count % at_once)) -ne 0 ] || wait
done <"$work/rows"
wait

number=0
while IFS='|' read -r name rest; do
    number=$((number + 1))
    [ -s "$work/$number.verdict" ] || continue
    failed=$((failed + 1))
    echo "$(trim "$name"): $(cat "$work/$number.verdict")"
done <"$work/rows"
echo "$count planted, $failed not found"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
