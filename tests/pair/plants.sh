#!/bin/sh
# SPDX-License-Identifier: MIT
# Bugs planted in a copy of the headers, one at a time: pair must find each of them, within the seeds of the tests.
#   plants.sh all|some INCLUDE_DIR PAIR_FOLDER COMPILER [OPTION...]
# Some are every seventh, for the time that all take.
# A row is one bug: its name, words of the claim that it must break, the header, and what sed does to that header. pair ends with
# status 1 and prints the claim that does not hold. Without words any claim will do, or a crash. With nothing planted it passes, as
# another test shows.
set -eu
which=$1 include=$2 folder=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
at_once=2

cat >"$work/rows" <<'END'
unknown is told as acknowledged        | what is acknowledged was delivered | host/reply.hpp | s/may_be_delivered ? verdict::unknown/may_be_delivered ? verdict::acknowledged/
late is told as acknowledged           |                                    | host/reply.hpp | s/if (is_late_) return verdict::no_ack;/if (is_late_) return verdict::acknowledged;/
a verdict is told again and again      | it comes to rest                   | host/chat.hpp | s/^        has_verdict_ = false;$//
a user's verdict is taken for a step   | one verdict for each command       | host/host.hpp | s/if (is_users_) {/if (is_users_ \&\& d.code == cme{}) {/
probed while it may count              | a payload arrives as it was        | host/chat.hpp | s/if (is_counted_) return enter(stage::uncounted, options_.request, now);//
no prompt is looked for                | in quiet weather                   | host/chat.hpp | s/reader_.expect_prompt();$//
compared as numbers that do not wrap   |                                    | core/time.hpp | s/is_set_ && reached(at_, now)/is_set_ \&\& now.ticks >= at_.ticks/
what the host waits for is not said    | before its time                    | host/host.hpp | s/return shorter(chat_.wait(now), due_.wait(now));/return chat_.wait(now);/
a reconnect is open, and no more       | once open, all is subscribed to    | host/host.hpp | s/if (wanted_->subscription_count == 0) be_open(now);/be_open(now);/
it waits for tries for ever            | once all is well                   | host/host.hpp | s/if (next == state::trying) due_.set(options_.patience, now);//
a network that is back is not used     | once all is well                   | host/host.hpp | s/if (state_ == state::waiting_for_network) climb/if (false) climb/
nothing is told anew after a restart   |                                    | host/host.hpp | s/        climb(rung::attention, now);/        climb(rung::open, now);/
close is forgotten                     | close comes to an end              | host/host.hpp | s/if (was_own \&\& state_ == state::leaving \&\& is_left) return end(on::cause::asked);//
lines of 40 bytes at most              |                                    | host/line_reader.hpp | s/limit_ = options().line_limit < most ? options().line_limit : most;/limit_ = 40;/
memory that was lent before is used    |                                    | host/line_reader.hpp | s/        held_.lend(lent);/        if (held_.capacity() == 0) held_.lend(lent);/
a payload that was lent before is used | a payload arrives as it was        | host/offer.hpp | /void rebind/,/}/s/payload_ = payload;//
a payload ends a byte early            |                                    | host/message_reader.hpp | s/left_ = header_.length;/left_ = header_.length - (header_.length != 0 ? 1 : 0);/
a payload is read as lines             |                                    | host/message_reader.hpp | s/state_ = fits ? state::payload : state::skip;/state_ = state::ended;/
END

if [ "$which" = some ]; then
    awk 'NR % 7 == 1' "$work/rows" >"$work/some"
    mv "$work/some" "$work/rows"
fi
trim() { printf '%s\n' "$1" | sed 's/^ *//; s/ *$//'; }

# judge TREE ROW COMPILER [OPTION...]: what is wrong with a row, tried in a new TREE; nothing, if its bug is found.
judge() {
    tree=$1 row=$2
    shift 2
    IFS='|' read -r name words header expression <<END
$row
END
    words=$(trim "$words") header=atmqtt/$(trim "$header") status=0
    cp -R "$include" "$tree"
    # What sed does may hold the separator.
    expression=$(printf '%s\n' "$row" | sed 's/^[^|]*|[^|]*|[^|]*| *//')
    sed "$expression" "$include/$header" >"$tree/$header" || return 0
    if cmp -s "$include/$header" "$tree/$header"; then echo "sed changes nothing"; return; fi
    "$@" -I "$tree" "$folder/pair.cpp" -o "$tree/pair" >"$tree/said" 2>&1 || { echo "does not compile:"; cat "$tree/said"; return; }
    timeout 120 "$tree/pair" >"$tree/said" 2>&1 || status=$?
    case $status in
        0) echo "not found" ;;
        1) grep -qF -- "$words" "$tree/said" && return; echo "found, but not for \"$words\":"; grep fails "$tree/said" ;;
        *) [ -z "$words" ] || { echo "ends with status $status:"; tail -n 5 "$tree/said"; } ;;  # it crashed: found

    esac
}

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
