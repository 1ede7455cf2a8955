import { assert, client, collect, onEachWire, wires } from './support.mjs';

const thoughts = 'The user wants a short answer. I will greet, name the model and count.';
const messages = [{ role: 'user', content: 'Think before you answer.' }];

onEachWire('thoughts stand beside the answer', async (wire) => {
  const { message } = (await client.chat.completions.create({ model: `${wire}.think`, messages, reasoning_effort: 'low' })).choices[0];

  assert.equal(message.reasoning_content, thoughts);
  assert.ok(message.content.startsWith(`Hello from ${wires[wire].think}. `));
});

onEachWire('thoughts are streamed before the answer', async (wire) => {
  const chunks = await collect(await client.chat.completions.create({ model: `${wire}.think`, messages, reasoning_effort: 'low', stream: true }));
  const deltas = chunks.map((chunk) => chunk.choices[0]?.delta ?? {});

  assert.equal(deltas.map((delta) => delta.reasoning_content ?? '').join(''), thoughts);
  assert.ok(deltas.findLastIndex((delta) => delta.reasoning_content) < deltas.findIndex((delta) => delta.content));
});
