// Measures the page by hand: node web/journeys/speed.mjs BINARY. How soon it is interactive, and how smoothly the Gantt chart scrolls.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [binary = "bin/rearguard"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "rearguard-speed-"));
const times = 5, scrolled = 3000; // milliseconds

const made = (units) => {
  const file = join(folder, `${units}.yaml`);
  execFileSync(binary, ["generate", "--units", String(units), "--out", file]);
  return file;
};

// serve starts a page of a copy of a scenario, beside which no work lies, and returns its address and how to end it.
async function serve(original) {
  const scenario = join(mkdtempSync(join(folder, "served-")), basename(original));
  copyFileSync(original, scenario);
  const server = spawn(binary, ["serve", scenario, "--time", "3s", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface(server.stdout)) {
    const [address] = /http:\S+/.exec(line) ?? [];
    if (address) return { address, end: () => (server.kill("SIGINT"), once(server, "exit")) };
  }
  throw new Error(`no page of ${scenario}`);
}

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

// interactive is how many milliseconds after its request the page can be used.
async function interactive(page, address) {
  const took = [];
  for (let i = 0; i < times; i++) {
    await page.goto(address);
    await page.waitForFunction(() => document.documentElement.dataset.ready);
    took.push(Number(await page.evaluate(() => document.documentElement.dataset.ready)));
  }
  return median(took);
}

// frames are how many a second are drawn while the Gantt chart scrolls to its end and back.
async function frames(page) {
  await page.goto(page.url().replace("/overview", "/gantt"));
  await page.locator("#gantt .scroller").waitFor();
  return page.evaluate((span) => new Promise((done) => {
    const box = document.querySelector("#gantt .scroller"), far = box.scrollHeight - box.clientHeight, took = [];
    let began = 0, last = 0;
    const step = (now) => {
      began ||= now;
      if (last) took.push(now - last);
      last = now;
      const part = ((now - began) / span) * 2;
      box.scrollTop = far * (part < 1 ? part : 2 - part);
      if (now - began < span) requestAnimationFrame(step);
      else done({ far, rate: Math.round((1000 * took.length) / (now - began)), worst: Math.round(Math.max(...took)) });
    };
    requestAnimationFrame(step);
  }), scrolled);
}

const browser = await chromium.launch({ executablePath: process.env.RG_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  for (const [name, scenario] of [["the reassurance example", "examples/reassurance.yaml"], ["400 units", made(400)], ["2,000 units", made(2000)]]) {
    const { address, end } = await serve(scenario);
    const soon = await interactive(page, address), { far, rate, worst } = await frames(page);
    console.log(`${name}: interactive after ${soon} ms; the Gantt chart scrolls over ${far} pixels at ${rate} frames a second, the slowest after ${worst} ms`);
    await page.goto("about:blank");
    await end();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
