// A server that a journey starts, ends and kills, always at the same address.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { origin } from "../browser.mjs";

export class Server {
  said = "";

  // start serves with some arguments until it answers; it ends with the test.
  static async start(t, args) {
    const s = new Server();
    s.process = spawn(process.env.RG_BIN, ["serve", "--listen", new URL(origin).host, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    s.ended = new Promise((done) => s.process.once("exit", (code, signal) => done(signal ?? code)));
    t.after(() => s.process.kill("SIGKILL"));
    for (const stream of [s.process.stdout, s.process.stderr]) stream.on("data", (d) => (s.said += d));
    for (;;) {
      const over = await Promise.race([s.ended, new Promise((done) => setTimeout(done, 50))]);
      assert.equal(over, undefined, `the server ended: ${s.said}`);
      if (s.said.includes("until you press Ctrl-C") && (await fetch(`${origin}/readyz`).then((r) => r.ok, () => false))) return s;
    }
  }

  // end stops it as Ctrl-C does, or kills it.
  async end(signal = "SIGINT") {
    this.process.kill(signal);
    return this.ended;
  }
}
