import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { randomUUID } from 'node:crypto';
import OpenAI from 'openai';

/** Wire to scenario to the model's name upstream. */
export const wires = JSON.parse(process.env.TOLLGATE_WIRES);

/** OpenAI's client reads OPENAI_BASE_URL and OPENAI_API_KEY by itself. It does not retry, so that a test sees the gateway's own answer. */
export const client = new OpenAI({ maxRetries: 0 });

/** Runs a test once for each wire. */
export function onEachWire(name, run) {
  for (const wire of Object.keys(wires)) {
    test(`${name} (${wire})`, () => run(wire));
  }
}

export const marker = () => `marker${randomUUID()}`;

/** The bodies of the upstream requests that carry the marker, oldest first. */
export async function upstream(marker) {
  const requests = await (await fetch(`${process.env.SIMULATOR_URL}__sim/requests`)).json();
  return requests.filter((request) => request.body.includes(marker)).map((request) => JSON.parse(request.body));
}

/** What the Simulator says to so many words. */
export const answer = (model, words) => `Hello from ${model}. I received ${words} words from you, and this is my whole answer.`;

export async function collect(stream) {
  const items = [];
  for await (const item of stream) {
    items.push(item);
  }
  return items;
}

export { assert, test, OpenAI };
