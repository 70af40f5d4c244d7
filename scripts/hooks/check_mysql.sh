#!/bin/sh
# Track script: exit 0 when the local MariaDB or MySQL answers a query in time, 1 when not, 2 on misuse.
#
#   vrrp_script check_mysql { script "/etc/keepalived-es/hooks/check_mysql.sh --defaults-file=/etc/keepalived-es/mysql.cnf" }
#
# --defaults-file=FILE   MYSQL_DEFAULTS_FILE   [client] section with socket or host, user, password; default /etc/keepalived-es/mysql.cnf
# --timeout=SECONDS      MYSQL_TIMEOUT         for the whole check; default 2
# --writable             MYSQL_WRITABLE=1      a server that is read-only is not well
# --client=PROGRAM       MYSQL_CLIENT          default: mariadb, else mysql
set -u
defaults=${MYSQL_DEFAULTS_FILE:-/etc/keepalived-es/mysql.cnf}
limit=${MYSQL_TIMEOUT:-2}
writable=${MYSQL_WRITABLE:-0}
client=${MYSQL_CLIENT:-}

misuse() { echo "check_mysql: $*" >&2; exit 2; }
for argument; do
  case $argument in
    --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --defaults-file=*) defaults=${argument#*=} ;;
    --timeout=*) limit=${argument#*=} ;;
    --writable) writable=1 ;;
    --client=*) client=${argument#*=} ;;
    *) misuse "'$argument' is unknown, see --help" ;;
  esac
done
case $limit in ''|*[!0-9.]*) misuse "timeout '$limit' is not a number of seconds" ;; esac
[ -r "$defaults" ] || misuse "$defaults cannot be read"
[ -n "$client" ] || client=$(command -v mariadb || command -v mysql) || misuse "neither mariadb nor mysql is on the PATH: install mariadb-client"

# KILL follows TERM, since a client in a lost network mount or a stopped one does not hear it.
answer=$(timeout --kill-after=0.5 "$limit" "$client" --defaults-file="$defaults" --batch --skip-column-names --no-auto-rehash \
  --execute="SELECT VERSION(), @@GLOBAL.read_only" 2>&1 </dev/null)
code=$?
case $code in
  0) ;;
  124|137) echo "MySQL did not answer within $limit s"; exit 1 ;;
  *) echo "MySQL is not well: $answer"; exit 1 ;;
esac
case $answer in
  *1) [ "$writable" != 1 ] || { echo "MySQL is read-only: $answer"; exit 1; } ;;
esac
echo "MySQL answers: $answer"
