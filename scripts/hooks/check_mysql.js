// Track script: the local MariaDB or MySQL answers, and optionally is neither read-only nor behind.
//
//   vrrp_script check_mysql { script "/etc/keepalived-es/hooks/check_mysql.js" }
//
// ES5. Needs the target named below in node.yaml.

var TARGET = 'local';
var TIMEOUT_MS = 1500;               // for each of at most three statements
var MAXIMUM_LAG_SECONDS = null;      // a number: a replica that is further behind, or that does not run, is not well
var MUST_BE_WRITABLE = false;        // true: a read-only server is not well (for a Master that a hook does not switch)

function track(ctx) {
  var answer = ask('SELECT VERSION() AS version, @@GLOBAL.read_only AS readOnly');
  if (!answer.ok) { return { ok: false, note: answer.error }; }
  var server = answer.rows[0];
  if (MUST_BE_WRITABLE && String(server.readOnly) === '1') { return { ok: false, note: server.version + ' is read-only' }; }
  var lag = MAXIMUM_LAG_SECONDS === null ? null : lagProblem(/mariadb/i.test(server.version));
  return lag ? { ok: false, note: lag } : { ok: true, note: server.version };
}

function lagProblem(isMariaDb) {
  var answer = ask(isMariaDb ? 'SHOW SLAVE STATUS' : 'SHOW REPLICA STATUS');
  if (!answer.ok) { return answer.error; }
  if (answer.rows.length === 0) { return null; }                 // not a replica
  var behind = isMariaDb ? answer.rows[0].Seconds_Behind_Master : answer.rows[0].Seconds_Behind_Source;
  if (behind === null) { return 'the replica does not run: ' + (answer.rows[0].Last_SQL_Error || answer.rows[0].Last_IO_Error || 'stopped'); }
  return Number(behind) > MAXIMUM_LAG_SECONDS ? behind + ' s behind, allowed are ' + MAXIMUM_LAG_SECONDS : null;
}

function ask(sql) { return mysql.query(TARGET, sql, [], { timeoutMs: TIMEOUT_MS }); }
