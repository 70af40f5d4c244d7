/// <reference path="../../../../hooks/keepalived-es.d.ts" />
// Compiled with TypeScript 5.9: tsc --target ES5 --lib ES2017 --sourceMap --strict hook.ts
class Step { constructor(readonly name: string) {} say(): string { return `step ${this.name}`; } }
class Big extends Step { say(): string { return super.say() + "!"; } }
function notify_master(ctx: HookContext): unknown {
  const { instance, vips } = ctx;
  let out: string[] = [];
  for (const vip of vips) { out = [...out, `${instance}:${vip}`]; }
  const r = mysql.query("local", "SELECT 1", [1, null], { timeoutMs: 5 });
  const f = (a: number, b = 2, ...c: number[]) => a + b + c.length;
  for (let i = 0; i < 3; i++) { out.push(new Big(String(f(i))).say()); }
  const o = { instance, ...{ a: 1 } };
  if (out?.length ?? 0 > 100) log.info("{A}", { A: out.length });
  throwIt(o.a);
  return { out, ok: r.ok };
}
function throwIt(n: number): void {
  throw new Error(`at ${n ** 2}`);
}
