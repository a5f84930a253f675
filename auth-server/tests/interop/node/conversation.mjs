// A client talks with the test, which is the person at the browser: JSON lines out, plain lines in.

import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function read() {
  return (await lines.next()).value;
}

function say(something) {
  process.stdout.write(`${JSON.stringify(something)}\n`);
}

/** What this client is registered as: the first line. */
export const settings = JSON.parse(await read());

/** Has the person open a URL of the server; resolves to the URL at which the browser left it. */
export async function open(url) {
  say({ open: String(url) });
  return new URL(await read());
}

/** Says what came of it; the last line. */
export function report(result) {
  say({ done: result });
}
