#!/bin/sh
# Fail-over of MariaDB or MySQL with the virtual address, for keepalived and for us: the Master accepts writes, others are read-only.
#
#   notify_master "/etc/keepalived-es/hooks/mysql_failover.sh master"     likewise backup, fault, stop
#   notify /etc/keepalived-es/hooks/mysql_failover.sh                     is given INSTANCE NAME STATE PRIORITY
#
# MYSQL_DEFAULTS_FILE   [client] section with socket or host, user, password; default /etc/keepalived-es/mysql.cnf
# MYSQL_WAIT            seconds for what the replica has received to be applied; default 20
# MYSQL_KEEP_USERS      users whose sessions are not killed, with commas; default root,repl,monitor
# MYSQL_CLIENT          default: mariadb, else mysql
#
# Simpler than mysql_failover.js: it does not know whether a newer transition has overtaken it, and records nothing. Exit 0: done; 1: not,
# and a server that was to be opened is still read-only; 2: misuse.
set -u
defaults=${MYSQL_DEFAULTS_FILE:-/etc/keepalived-es/mysql.cnf}
wait=${MYSQL_WAIT:-20}
keep=${MYSQL_KEEP_USERS:-root,repl,monitor}
client=${MYSQL_CLIENT:-$(command -v mariadb || command -v mysql)}
case ${1:-} in
  --help) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 0 ;;
  INSTANCE|GROUP) state=${3:-} ;;
  *) state=${1:-} ;;
esac

fail() { echo "mysql_failover: $*" >&2; exit 1; }
ask() { timeout --kill-after=1 "${limit:-5}" "$client" --defaults-file="$defaults" "$@" </dev/null; }
sql() { ask --batch --skip-column-names --execute="$1"; }
# A column of the replica's status, by any of its names.
status() { ask --execute="$show\\G" | sed -n "s/^ *\($1\): *//p"; }
set_read_only() {
  case $version in
    *MariaDB*) sql "SET SESSION lock_wait_timeout = 1; SET GLOBAL read_only = $1" ;;
    *) sql "SET SESSION lock_wait_timeout = 1; SET GLOBAL super_read_only = $1; SET GLOBAL read_only = $1" ;;
  esac
}
identify() {
  version=$(sql "SELECT VERSION()") || fail "the server does not answer"
  case $version in
    *MariaDB*) word=SLAVE ;;
    *) word=REPLICA ;;
  esac
  show="SHOW $word STATUS"
}
applied() {
  [ -n "$(status 'Exec_Master_Log_Pos\|Exec_Source_Log_Pos')" ] &&
    [ "$(status 'Relay_Master_Log_File\|Relay_Source_Log_File')" = "$(status 'Master_Log_File\|Source_Log_File')" ] &&
    [ "$(status 'Exec_Master_Log_Pos\|Exec_Source_Log_Pos')" = "$(status 'Read_Master_Log_Pos\|Read_Source_Log_Pos')" ]
}

# MariaDB with GTIDs throws the relay log away when the first of two stopped threads starts.
start_applying() {
  [ "$(status Last_SQL_Errno)" = 0 ] || fail "the replica cannot apply: $(status Last_SQL_Error)"
  if [ "$(status 'Slave_SQL_Running\|Replica_SQL_Running')" = Yes ] || applied; then return; fi
  [ "$(status 'Slave_IO_Running\|Replica_IO_Running')" != No ] ||
    fail "both threads of the replica are stopped, and not all that was received is applied; starting one would lose it"
  sql "START $word SQL_THREAD" || fail "the replica does not apply"
}

promote() {
  if [ -n "$(sql "$show")" ]; then
    start_applying
    sql "STOP $word IO_THREAD" || fail "the replica does not stop receiving"
    end=$(($(date +%s) + wait))
    until applied; do
      [ "$(status Last_SQL_Errno)" = 0 ] || fail "the replica cannot apply: $(status Last_SQL_Error)"
      [ "$(date +%s)" -lt "$end" ] || fail "the relay log was not applied within $wait s"
      sleep 0.1
    done
    [ "$(status Last_SQL_Errno)" = 0 ] || fail "the replica cannot apply: $(status Last_SQL_Error)"
    sql "STOP $word; RESET $word ALL" || fail "the replica does not stop"
  fi
  set_read_only OFF && [ "$(sql "SELECT @@GLOBAL.read_only")" = 0 ] || fail "writes could not be turned on"
  echo "promoted: $version accepts writes"
}

demote() {
  users="'system user','event_scheduler','unauthenticated user','mysql.session','mysql.sys','mariadb.sys','$(echo "$keep" | sed "s/,/','/g")'"
  sessions="SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND USER <> SUBSTRING_INDEX(USER(), '@', 1)
    AND USER NOT IN ($users) AND COMMAND NOT LIKE 'Binlog Dump%' AND COMMAND NOT LIKE 'Slave%' AND COMMAND NOT IN ('Daemon', 'Killed')"
  for round in 1 2 3 4 5; do
    limit=3
    closed=0
    set_read_only ON && closed=1
    limit=5
    found=$(sql "$sessions") || fail "the sessions could not be listed"
    for id in $found; do sql "KILL $id" 2>/dev/null; done       # it may have gone by itself
    [ $closed = 0 ] || [ -n "$found" ] || break
  done
  [ "$(sql "SELECT @@GLOBAL.read_only")" = 1 ] || fail "read_only could not be set"
  [ -z "$found" ] || fail "sessions remain after $round rounds of KILL"
  echo "demoted: $version is read-only"
}

case $state in
  master|MASTER) identify; promote ;;
  backup|BACKUP|fault|FAULT|stop|STOP) identify; demote ;;
  *) echo "mysql_failover: state '$state' is unknown: master, backup, fault and stop are known, see --help" >&2; exit 2 ;;
esac
