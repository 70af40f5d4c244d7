#!/usr/bin/env bash
# Inside the machine of scripts/vm: SERVERS real servers with TCP_CHECK every DELAY seconds against one local responder, under keepalived and under
# keepalived-es in turn. Called by `scripts/bench balancing`.
#
# A reload is timed alike for both: from the SIGHUP to the main process until ipvsadm shows the changed weight in the kernel's table, asked every 50 ms and the time that
# ipvsadm takes. Not in it is what comes after: keepalived goes on making its checkers anew, keepalived-es looks at the rest of the table. Three in a row; the
# first runs code that has not run before. keepalived-es counts the checks that begin more than a second late, from its start to 11 s after the last reload.
#
#   balancing.sh SERVERS DELAY WINDOW KEEPALIVED-ES
set -euo pipefail
servers=$1 delay=$2 window=$3 ours=$4
dir=$(mktemp -d)
uptime_s() { cut -d' ' -f1 /proc/uptime; }
minus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a - b }'; }

network() {
  ip link set lo up
  ip netns add servers
  ip link add v0 type veth peer name v1 netns servers
  ip address add 10.9.0.1/24 dev v0
  ip link set v0 up
  ip -n servers address add 10.9.0.2/24 dev v1
  ip -n servers link set v1 up
  ip -n servers link set lo up
  ip -n servers route add local 10.20.0.0/16 dev lo      # one listener answers for all of them
  ip route add 10.20.0.0/16 via 10.9.0.2
  echo 'daemon off; worker_processes 1; error_log /dev/null; pid /tmp/nginx.pid; events { worker_connections 4096; }
    http { access_log off; client_body_temp_path /tmp/n1; proxy_temp_path /tmp/n2; fastcgi_temp_path /tmp/n3; uwsgi_temp_path /tmp/n4; scgi_temp_path /tmp/n5;
    server { listen 80 backlog=4096; return 204; } }' >/tmp/nginx.conf
  mkdir -p /var/log/nginx
  sysctl -q -w net.core.somaxconn=4096 2>/dev/null || echo 4096 >/proc/sys/net/core/somaxconn
  ip netns exec servers nginx -c /tmp/nginx.conf &
}

configuration() { # WEIGHT of the first server
  local first i k weight
  echo 'global_defs { router_id bench
}'
  for ((first = 0; first < servers; first += 100)); do
    echo "virtual_server 10.30.$((first / 25000)).$((first / 100 % 250 + 1)) 80 {
  delay_loop $delay
  lvs_sched rr
  lvs_method NAT
  protocol TCP
  alpha"
    for ((i = 0; i < 100; i++)); do
      k=$((first + i)) weight=1
      [[ $k -gt 0 ]] || weight=$1
      echo "  real_server 10.20.$((k / 250)).$((k % 250 + 1)) 80 {
    weight $weight
    TCP_CHECK {
      connect_timeout 5
    }
  }"
    done
    echo "}"
  done
}

family() { # PID: it and its children
  echo "$1"
  local child
  for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do family "$child"; done
}
ticks() { local pid sum=0; for pid in $(family "$1"); do sum=$((sum + $(awk '{ print $14 + $15 }' "/proc/$pid/stat" 2>/dev/null || echo 0))); done; echo $sum; }
resident() { local pid; for pid in $(family "$1"); do awk '/^VmRSS/ { print $2 }' "/proc/$pid/status" 2>/dev/null; done | awk '{ s += $1 } END { printf "%.0f", s / 1024 }'; }
destinations() { ipvsadm -Ln | grep -c -- '->' || true; }
first_weight() { ipvsadm -Ln -t 10.30.0.1:80 | awk '$2 == "10.20.0.1:80" { print $4 }'; }   # the whole table takes seconds to print

reload() { # PID WEIGHT: seconds; - when it does not come within 1,200 looks
  configuration "$2" >"$dir/k.conf"
  local started i
  started=$(uptime_s)
  kill -HUP "$1"
  for ((i = 0; i < 1200; i++)); do
    if [[ $(first_weight) == "$2" ]]; then minus "$(uptime_s)" "$started"; return; fi
    sleep 0.05
  done
  echo -
}

lateness() { # what the journal says of late checks, beside what is wanted
  "$ours" journal export --state="$dir/state" | sed -n 's/.*"Type":"checks_late".*"Count":\([0-9]*\),"Largest":"\([0-9:.]*\)".*/\1 \2/p' |
    awk '{ n += $1; if ($2 > most) most = $2 } END { print "checks begun more than 1 s late: " n + 0 (n ? ", the latest by " most : "") " (wanted: 0)" }'
}

measure() { # NAME COMMAND...
  configuration 1 >"$dir/k.conf"
  local name=$1 started up before after reload weight
  shift
  started=$(uptime_s)
  "$@" -C -n -f "$dir/k.conf" -p "$dir/pid" >"$dir/$name.log" 2>&1 &
  local pid=$!
  until [[ $(destinations) -gt $servers ]]; do sleep 1; done
  up=$(minus "$(uptime_s)" "$started")
  sleep "$delay"
  before=$(ticks $pid) started=$(uptime_s)
  sleep "$window"
  after=$(ticks $pid)
  local took resident
  took=$(minus "$(uptime_s)" "$started") resident=$(resident $pid)
  reload=
  for weight in 7 3 5; do reload+=" $(reload $pid $weight)"; sleep 11; done
  kill $pid
  wait $pid || true
  ipvsadm -C
  awk -v name="$name" -v up="$up" -v ticks=$((after - before)) -v took="$took" -v servers="$servers" -v delay="$delay" -v rss="$resident" -v reload="$reload" 'BEGIN {
    printf "%-14s all up after %s s, %.0f us CPU a check, %s MiB, reloads%s s\n", name, up, ticks * 10000 / (servers * took / delay), rss, reload }'
}

network
echo "state: $dir/state" >"$dir/node.yaml"
mkdir "$dir/state"
measure keepalived keepalived
measure keepalived-es "$ours" --node-config "$dir/node.yaml"
lateness
