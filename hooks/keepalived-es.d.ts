/**
 * Types of hooks in JavaScript for Keepalived.Es: what a hook's file may define, what it is given, and what it may call.
 *
 * Put `/// <reference path="keepalived-es.d.ts" />` into the first line of a hook, or this file into `files` of a `tsconfig.json`; editors then
 * complete and check it. Hooks run ES5; `kes hooks build FILE` compiles newer JavaScript and TypeScript to it.
 *
 * Everything is synchronous: a host function gives its answer back, never a promise. None of them throws for what the world does: an answer with
 * `ok: false` says in `error` what went wrong, and so does the answer to a call that is not allowed, or of a function that this node does not
 * offer. Every call is recorded with its answer.
 * At the file's top level, outside of functions, all host calls are refused. Each call of a hook starts from a fresh copy of the file: nothing
 * is kept in variables from one call to the next; that is what `kv` is for.
 */

/** What happened. Frozen through and through: writing to it has no effect, or throws a `TypeError` in strict mode. */
interface HookContext {
  /** Id of the event that led to this call. */
  readonly event: string;
  /**
   * Name of the instance or sync group, as in `keepalived.conf`; of a virtual server (`"[192.0.2.1]:tcp:80"`); of a real server, followed by a blank and its
   * virtual server.
   */
  readonly instance: string;
  /** `"VS"`: a virtual server gained or lost its quorum; `"RS"`: one of its real servers is up or down. */
  readonly kind: "INSTANCE" | "GROUP" | "VS" | "RS";
  /** State before: `"BACKUP"`. */
  readonly from: HookState;
  /** State now: `"MASTER"`. */
  readonly to: HookState;
  /** Why the state changed, such as `"MasterDown"`. */
  readonly reason: string;
  /** Effective priority, 0 to 255. */
  readonly priority: number;
  /** Virtual addresses with prefix length: `["192.0.2.100/24"]`. */
  readonly vips: ReadonlyArray<string>;
  /** Addresses of the configured unicast peers; empty with multicast. */
  readonly peers: ReadonlyArray<string>;
  /** Milliseconds that this call may take, from its beginning. */
  readonly deadline: number;
  /** 1 for the first attempt; more when a hook that failed is tried again. */
  readonly attempt: number;
  /** Whether side effects are only pretended (`kes hooks test --dry-run`). */
  readonly dryRun: boolean;
  /** Name of this node. */
  readonly node: string;
}

type HookState = "INIT" | "BACKUP" | "MASTER" | "FAULT" | "STOP" | "DELETED" | "UP" | "DOWN";

/** What `track` may give back besides `true` (up) and `false` (down). */
interface TrackResult {
  /** Whether what is tracked works. */
  ok: boolean;
  /** Takes the place of the configured weight, -253 to 253; in a `MISC_CHECK` it is the real server's weight, 0 to 253. */
  weight?: number;
  /** Kept with the result, for people. */
  note?: string;
}

/**
 * The functions that a hook's file may define, each with `function NAME(ctx) { … }` at its top level. A function that it does not define is not
 * called. An exception that leaves one of the notify functions makes the run a failed one; what they give back is kept.
 */
interface HookFunctions {
  /** For `vrrp_script` and `MISC_CHECK`: whether what is tracked works. An exception counts as down. */
  track?(ctx: HookContext): boolean | TrackResult;
  /** After every change of state, after the function of that state. */
  notify?(ctx: HookContext): unknown;
  notify_master?(ctx: HookContext): unknown;
  notify_backup?(ctx: HookContext): unknown;
  notify_fault?(ctx: HookContext): unknown;
  notify_stop?(ctx: HookContext): unknown;
  notify_deleted?(ctx: HookContext): unknown;
  /** A Master heard an advertisement of a lower priority. */
  notify_master_rx_lower_pri?(ctx: HookContext): unknown;
  /** A real server is up, or down. */
  notify_up?(ctx: HookContext): unknown;
  notify_down?(ctx: HookContext): unknown;
  /** A virtual server has enough real servers, or too few. */
  quorum_up?(ctx: HookContext): unknown;
  quorum_down?(ctx: HookContext): unknown;
}

/** A value that JSON can hold. */
type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [name: string]: Json | undefined };

/** An answer that says only whether it went well. */
interface HostResult {
  /** Whether the call did what it is for. */
  readonly ok: boolean;
  /** What went wrong; only when `ok` is false. */
  readonly error?: string;
}

/** The answer of a database. */
interface MysqlResult extends HostResult {
  /** Rows by column name. Numbers that a double cannot hold, decimals, dates and times are texts; binary values are base64 texts. */
  readonly rows?: ReadonlyArray<{ readonly [column: string]: string | number | null }>;
  /** Rows changed. */
  readonly affected?: number;
  /** The server's or the client's error number: 1045, 2003. */
  readonly errno?: number;
  /** The five characters of SQLSTATE: `"28000"`. */
  readonly sqlState?: string;
  /** Time that it took, in milliseconds. */
  readonly ms: number;
}

interface MysqlOptions {
  /** Time limit in milliseconds; the target's own, and what is left of the hook's, if that is shorter. */
  timeoutMs?: number;
}

/** Databases, by the names that `node.yaml` gives them; a hook never sees an address or a password. */
declare const mysql: {
  /**
   * Runs one statement that gives rows.
   * @param target Name of the target in `node.yaml`.
   * @param sql One statement, with `?` for each parameter.
   * @param params Bound by the database, never put into the text.
   * @example var state = mysql.query("local", "SELECT @@GLOBAL.read_only AS ro");
   */
  query(target: string, sql: string, params?: ReadonlyArray<string | number | boolean | null>, options?: MysqlOptions): MysqlResult;
  /** Runs one statement that gives no rows. */
  exec(target: string, sql: string, params?: ReadonlyArray<string | number | boolean | null>, options?: MysqlOptions): MysqlResult;
  /**
   * Waits until a server has applied transactions.
   * @param gtid A GTID set (MySQL) or position (MariaDB).
   * @param ms Longest wait in milliseconds. At its end `ok` is false.
   */
  waitGtid(target: string, gtid: string, ms: number): MysqlResult;
};

interface FetchOptions {
  /** http or https; its host and port must be on the list in `node.yaml`. */
  url: string;
  /** Default `"GET"`. */
  method?: string;
  /** Not `Host`, `Connection`, `Content-Length`, `Transfer-Encoding` or `Upgrade`. */
  headers?: { [name: string]: string };
  /** Sent as UTF-8. */
  body?: string;
  timeoutMs?: number;
}

interface FetchResult extends HostResult {
  /** `ok` is true for every whole answer: look at this too. A redirect is an answer and is not followed. */
  readonly status?: number;
  /** By name in lower case; values of one name are joined by `", "`. */
  readonly headers?: { readonly [name: string]: string };
  /** Read as UTF-8. */
  readonly body?: string;
}

declare const http: {
  /** One request to a listed host. */
  fetch(options: FetchOptions): FetchResult;
};

interface ExecOptions {
  /** Standard input; empty by default. */
  stdin?: string;
  /** The program and what it started is killed at its end. */
  timeoutMs?: number;
}

interface ExecResult extends HostResult {
  /** Exit code; 128 and the number of the signal when one ended it. `ok` is true whatever the code: look at this too. */
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Whether output was longer than what is kept. */
  readonly truncated?: boolean;
}

declare const exec: {
  /**
   * Runs a program. No shell reads the arguments.
   * @param name Name of a program on the list in `node.yaml`.
   * @param argv Arguments, without the program itself.
   */
  run(name: string, argv?: ReadonlyArray<string>, options?: ExecOptions): ExecResult;
};

type LogProperties = { readonly [name: string]: Json | undefined };

/** Reaches the log of the daemon and the event store. A message may name properties: `log.info("{Rows} rows applied", { Rows: 7 })`. */
declare const log: {
  debug(template: string, properties?: LogProperties): HostResult;
  info(template: string, properties?: LogProperties): HostResult;
  warn(template: string, properties?: LogProperties): HostResult;
  error(template: string, properties?: LogProperties): HostResult;
};

/**
 * Waits, at most until the hook's deadline.
 * @param ms Milliseconds.
 */
declare function sleep(ms: number): HostResult;

/** Values that outlive the daemon, on this node, for this file alone. A key has 1 to 256 characters, a value at most 64 KiB as JSON. */
declare const kv: {
  /** `value` is null when there is none. */
  get(key: string): HostResult & { readonly value?: Json };
  put(key: string, value: Json): HostResult;
  /**
   * Sets a value if it is as expected.
   * @param expected Null: there must be none.
   * @returns `swapped` says whether it was set.
   */
  cas(key: string, expected: Json, value: Json): HostResult & { readonly swapped?: boolean };
  /** Takes a value away, if there is one. */
  del(key: string): HostResult;
};

declare const events: {
  /**
   * Appends an event of the hook's own.
   * @param type `hook.` and a name of letters, digits, `.`, `_` and `-`, 128 characters at most: `"hook.mysql.promoted"`.
   * @param data At most 64 KiB as JSON.
   */
  append(type: string, data: Json): HostResult;
};

declare const hook: {
  /**
   * Whether the transition that this call belongs to is still the newest of its instance. Ask before every step that cannot be undone: the
   * instance may have changed its state while the hook ran.
   */
  isCurrent(): HostResult & { readonly current?: boolean };
};
