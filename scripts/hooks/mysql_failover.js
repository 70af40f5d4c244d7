// Fail-over of MariaDB 10.11 or MySQL 8.4 with the virtual address: the Master accepts writes, every other node is read-only.
//
//   notify_master /etc/keepalived-es/hooks/mysql_failover.js      likewise notify_backup, notify_fault and notify_stop
//
// ES5. Needs the target named below in node.yaml. Every server must have read_only=ON in its configuration (see README.md).

var TARGET = 'local';
var WAIT_MS = 20000;                 // for what the replica has received to be applied
var WAIT_SLICE_MS = 1000;            // between two looks at the replica's error and at whether we are still the newest
var PROMOTE_LATE = false;            // true: when the time is over, promote with what is applied, and lose the rest
var FORGET_SOURCE = true;            // RESET REPLICA ALL after the stop, so that a restart does not follow the old source again
var SEMI_SYNC = false;               // true: turn semi-synchronous replication on as source, off as replica
var STATEMENT_MS = 5000;
var READ_ONLY_MS = 3000;             // SET GLOBAL read_only waits for running writes; then they are killed and it is tried again
var DEMOTE_ROUNDS = 5;
var HEARTBEAT_DATABASE = 'keepalived_es';
var KEEP_USERS = ['system user', 'event_scheduler', 'unauthenticated user', 'mysql.session', 'mysql.sys', 'mysql.infoschema',
  'mariadb.sys', 'root', 'repl', 'monitor'];   // besides our own user: sessions that are not killed

var ER_NO_SUCH_TABLE = 1146;
var ER_BAD_DB = 1049;
var ER_NO_SUCH_THREAD = 1094;

function notify_master(ctx) { return guarded('promote', ctx, promote); }
function notify_backup(ctx) { return guarded('demote', ctx, demote); }
function notify_fault(ctx) { return guarded('demote', ctx, demote); }
function notify_stop(ctx) { return guarded('demote', ctx, demote); }

// ---- promote

function promote(ctx, run) {
  var server = identify();
  var replica = replicaStatus(server);
  var event = { instance: ctx.instance, version: server.version, wasReadOnly: server.readOnly, source: null, waitedMs: 0, late: false };
  if (replica) {
    event.source = coordinates(replica);
    stopReceiving(server, replica, run);
    event.waitedMs = waitUntilApplied(server, ctx, run, event);
    stopReplica(server, run);
  }
  event.gtid = position(server);
  semiSync(true, run);
  open(server, run);
  try {
    verifyReadOnly(server, false);
    stillNewest(run, 'keeping writes on');
    probe(ctx);
  } catch (e) {
    setReadOnly(server, true);       // whatever it was: not open without having shown it
    throw e;
  }
  return report('hook.mysql.promoted', event);
}

// MariaDB with GTIDs throws the relay log away when the first of two stopped threads starts: what was received and not applied would be
// lost. So the applying thread is started while the receiving one still runs, and never when both are stopped.
function stopReceiving(server, replica, run) {
  refuseBroken(replica);
  var isReceiving = pick(replica, 'Slave_IO_Running', 'Replica_IO_Running') !== 'No';
  if (pick(replica, 'Slave_SQL_Running', 'Replica_SQL_Running') !== 'Yes' && !isApplied(server, replica)) {
    if (isReceiving || !server.mariadb) {
      stillNewest(run, 'starting to apply');
      execute(words(server, 'START REPLICA SQL_THREAD', 'START SLAVE SQL_THREAD'), 'start applying');
    } else if (!PROMOTE_LATE) {
      throw new Error('both threads of the replica are stopped, and not all that was received is applied; starting one would lose it');
    }
  }
  stillNewest(run, 'stopping to receive');
  execute(words(server, 'STOP REPLICA IO_THREAD', 'STOP SLAVE IO_THREAD'), 'stop receiving');
}

// Slices: a replica that breaks, or a transition that is overtaken, ends the wait at once.
function waitUntilApplied(server, ctx, run, event) {
  var limit = Math.min(WAIT_MS, Math.max(0, ctx.deadline - 2 * STATEMENT_MS));
  var waited = 0;
  for (;;) {
    var replica = replicaStatus(server);
    refuseBroken(replica);
    if (isApplied(server, replica)) { return waited; }
    stillNewest(run, 'waiting for the relay log');
    if (waited >= limit) {
      if (!PROMOTE_LATE) { throw new Error('the relay log was not applied within ' + limit + ' ms; the server stays read-only'); }
      event.late = true;
      return waited;
    }
    waited += waitASlice(server, replica, Math.min(WAIT_SLICE_MS, limit - waited));
  }
}

function waitASlice(server, replica, ms) {
  var set = receivedSet(server, replica);
  if (set) { return Math.max(1, must(mysql.waitGtid(TARGET, set, ms), 'wait for ' + set).ms); }
  sleep(Math.min(ms, 100));
  return Math.min(ms, 100);
}

// Read and applied positions are equal, and where there are GTIDs the received set has been executed.
function isApplied(server, replica) {
  var set = receivedSet(server, replica);
  if (set) {
    var answer = mysql.waitGtid(TARGET, set, 1);
    return must(answer, 'wait for ' + set).reached;
  }
  return pick(replica, 'Relay_Master_Log_File', 'Relay_Source_Log_File') === pick(replica, 'Master_Log_File', 'Source_Log_File')
    && pick(replica, 'Exec_Master_Log_Pos', 'Exec_Source_Log_Pos') === pick(replica, 'Read_Master_Log_Pos', 'Read_Source_Log_Pos');
}

function receivedSet(server, replica) {
  return server.mariadb ? (replica.Using_Gtid !== 'No' && replica.Gtid_IO_Pos) || '' : (replica.Retrieved_Gtid_Set || '').replace(/\s/g, '');
}

function stopReplica(server, run) {
  stillNewest(run, 'stopping the replica');
  execute(words(server, 'STOP REPLICA', 'STOP SLAVE'), 'stop the replica');
  if (FORGET_SOURCE) {
    stillNewest(run, 'forgetting the source');
    execute(words(server, 'RESET REPLICA ALL', 'RESET SLAVE ALL'), 'forget the source');
  }
}

function open(server, run) {
  stillNewest(run, 'turning writes on');
  setReadOnly(server, false);
}

function probe(ctx) {
  var table = HEARTBEAT_DATABASE + '.heartbeat';
  var write = 'REPLACE INTO ' + table + ' (node, instance, written) VALUES (?, ?, NOW(6))';
  var parameters = [String(ctx.node || ''), String(ctx.instance || '')];
  var answer = mysql.exec(TARGET, write, parameters, { timeoutMs: STATEMENT_MS });
  if (answer.errno === ER_NO_SUCH_TABLE || answer.errno === ER_BAD_DB) {
    execute('CREATE DATABASE IF NOT EXISTS ' + HEARTBEAT_DATABASE, 'create the heartbeat database');
    execute('CREATE TABLE IF NOT EXISTS ' + table + ' (node VARCHAR(64), instance VARCHAR(64), written DATETIME(6) NOT NULL, '
      + 'PRIMARY KEY (node, instance))', 'create the heartbeat table');
    answer = mysql.exec(TARGET, write, parameters, { timeoutMs: STATEMENT_MS });
  }
  must(answer, 'probe write');
}

// ---- demote

function demote(ctx, run) {
  var server = identify();
  var event = { instance: ctx.instance, to: ctx.to, version: server.version, wasReadOnly: server.readOnly, killed: 0 };
  stillNewest(run, 'turning writes off');
  for (var round = 1; ; round++) {
    var closed = setReadOnlyOnce(server);
    event.killed += killSessions();
    if (closed.ok && sessions().length === 0) { break; }
    if (round === DEMOTE_ROUNDS) {
      throw new Error(closed.ok ? 'sessions remain after ' + round + ' rounds of KILL' : 'read_only could not be set: ' + closed.error);
    }
    stillNewest(run, 'killing sessions again');
  }
  semiSync(false, run);
  verifyReadOnly(server, true);
  event.gtid = position(server);
  return report('hook.mysql.demoted', event);
}

// It waits for writes that are running; a short lock wait makes it give up instead of blocking everybody behind it.
function setReadOnlyOnce(server) {
  execute('SET SESSION lock_wait_timeout = 1', 'bound the wait');
  return mysql.exec(TARGET, 'SET GLOBAL ' + readOnlyVariable(server) + ' = ON', [], { timeoutMs: READ_ONLY_MS });
}

function sessions() {
  var marks = [];
  for (var i = 0; i < KEEP_USERS.length; i++) { marks.push('?'); }
  return query('SELECT ID AS id FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() '
    + "AND COMMAND NOT IN ('Binlog Dump', 'Binlog Dump GTID', 'Daemon') AND COMMAND NOT LIKE 'Slave%' AND COMMAND <> 'Killed' "
    + "AND USER <> SUBSTRING_INDEX(USER(), '@', 1) AND USER NOT IN (" + marks.join(', ') + ')', KEEP_USERS, 'list the sessions');
}

function killSessions() {
  var rows = sessions();
  for (var i = 0; i < rows.length; i++) {
    var answer = mysql.exec(TARGET, 'KILL ' + Number(rows[i].id), [], { timeoutMs: STATEMENT_MS });
    if (!answer.ok && answer.errno !== ER_NO_SUCH_THREAD) { must(answer, 'kill session ' + rows[i].id); }
  }
  return rows.length;
}

// ---- the server

function identify() {
  var version = query('SELECT VERSION() AS version', [], 'ask for the version')[0].version;
  var server = { version: version, mariadb: /mariadb/i.test(version) };
  server.readOnly = isReadOnly(server);
  return server;
}

function readOnlyVariable(server) { return server.mariadb ? 'read_only' : 'super_read_only'; }

function isReadOnly(server) {
  var row = query('SELECT @@GLOBAL.read_only AS r, @@GLOBAL.' + readOnlyVariable(server) + ' AS s', [], 'read read_only')[0];
  return { read_only: String(row.r) === '1', strict: String(row.s) === '1' };
}

// MySQL turns super_read_only off with read_only, and read_only on with super_read_only; said in both cases all the same.
function setReadOnly(server, on) {
  if (!server.mariadb) { execute('SET GLOBAL super_read_only = ' + (on ? 'ON' : 'OFF'), 'set super_read_only'); }
  execute('SET GLOBAL read_only = ' + (on ? 'ON' : 'OFF'), 'set read_only');
}

function verifyReadOnly(server, on) {
  var seen = isReadOnly(server);
  if (seen.read_only !== on || seen.strict !== on) { throw new Error('read_only is ' + JSON.stringify(seen) + ' after it was turned ' + (on ? 'on' : 'off')); }
}

function replicaStatus(server) {
  return query(words(server, 'SHOW REPLICA STATUS', 'SHOW SLAVE STATUS'), [], 'ask for the replica')[0];
}

function refuseBroken(replica) {
  if (replica && Number(replica.Last_SQL_Errno) !== 0) {
    throw new Error('the replica cannot apply: ' + replica.Last_SQL_Error + ' (' + replica.Last_SQL_Errno + ')');
  }
}

function coordinates(replica) {
  return {
    host: pick(replica, 'Master_Host', 'Source_Host'),
    port: pick(replica, 'Master_Port', 'Source_Port'),
    file: pick(replica, 'Relay_Master_Log_File', 'Relay_Source_Log_File'),
    position: pick(replica, 'Exec_Master_Log_Pos', 'Exec_Source_Log_Pos'),
    received: replica.Gtid_IO_Pos || replica.Retrieved_Gtid_Set || ''
  };
}

function position(server) {
  var row = query(server.mariadb ? 'SELECT @@GLOBAL.gtid_current_pos AS p' : 'SELECT @@GLOBAL.gtid_executed AS p', [], 'read the position')[0];
  return String(row.p).replace(/\s/g, '');                     // MySQL breaks its lines
}

// The names changed in MySQL 8.0.26; MariaDB and older servers have the old ones. A new Master, whom nobody follows yet, must not wait for a
// replica: each write would take rpl_semi_sync_source_timeout.
function semiSync(asSource, run) {
  if (!SEMI_SYNC) { return; }
  var rows = query("SHOW GLOBAL VARIABLES LIKE 'rpl_semi_sync_%'", [], 'read the semi-sync variables');
  stillNewest(run, 'switching semi-sync');
  for (var i = 0; i < rows.length; i++) {
    var name = rows[i].Variable_name;
    if (/_enabled$/.test(name)) {
      execute('SET GLOBAL ' + name + ' = ' + (/_(source|master)_/.test(name) === asSource ? 'ON' : 'OFF'), 'switch semi-sync');
    } else if (asSource && /_wait_no_(replica|slave)$/.test(name)) {
      execute('SET GLOBAL ' + name + ' = OFF', 'not wait for a replica that is not there');
    }
  }
}

function words(server, mysqlWords, mariadbWords) { return server.mariadb ? mariadbWords : mysqlWords; }
function pick(row, mariadbName, mysqlName) { return row[mariadbName] !== undefined ? row[mariadbName] : row[mysqlName]; }

// ---- calls and their failures

function must(answer, what) {
  if (!answer.ok) { throw new Error(what + ': ' + answer.error + (answer.errno ? ' (' + answer.errno + ')' : '')); }
  return answer;
}

function query(sql, parameters, what) { return must(mysql.query(TARGET, sql, parameters, { timeoutMs: STATEMENT_MS }), what).rows; }
function execute(sql, what) { return must(mysql.exec(TARGET, sql, [], { timeoutMs: STATEMENT_MS }), what); }

// Before every step that a newer transition would not want.
function stillNewest(run, step) {
  var answer = hook.isCurrent();
  if (!answer.ok || !answer.current) {
    run.overtakenAt = step;
    throw new Error('overtaken before ' + step);
  }
}

function report(type, event) {
  must(events.append(type, event), 'append ' + type);
  return { ok: true, event: event };
}

function guarded(what, ctx, work) {
  var run = { overtakenAt: null };
  try {
    return work(ctx, run);
  } catch (e) {
    var problem = String(e && e.message || e);
    if (run.overtakenAt) {
      events.append('hook.mysql.overtaken', { instance: ctx.instance, what: what, before: run.overtakenAt });
      return { ok: true, note: problem };
    }
    events.append('hook.mysql.failed', { instance: ctx.instance, what: what, error: problem });
    throw new Error(what + ': ' + problem);
  }
}
