import { answer, assert, client, collect, marker, onEachWire, wires } from './support.mjs';

const messages = [{ role: 'system', content: 'You are brief.' }, { role: 'user', content: 'Greet me, please.' }];
const usage = { prompt_tokens: 6, completion_tokens: 15, total_tokens: 21 };

const pick = ({ prompt_tokens, completion_tokens, total_tokens }) => ({ prompt_tokens, completion_tokens, total_tokens });
const content = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').filter((text) => text.length > 0);

onEachWire('a chat answers with usage', async (wire) => {
  const reply = await client.chat.completions.create({ model: `${wire}.text`, messages });

  assert.equal(reply.object, 'chat.completion');
  assert.equal(reply.choices[0].message.content, answer(wires[wire].text, 6));
  assert.equal(reply.choices[0].finish_reason, 'stop');
  assert.deepEqual(pick(reply.usage), usage);
});

onEachWire('a stream says the same in pieces, without usage', async (wire) => {
  const chunks = await collect(await client.chat.completions.create({ model: `${wire}.text`, messages, stream: true }));

  assert.equal(content(chunks).join(''), answer(wires[wire].text, 6));
  assert.equal(content(chunks).length, 15);
  assert.deepEqual(chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean), ['stop']);
  assert.equal(chunks.find((chunk) => chunk.choices.length > 0).choices[0].delta.role, 'assistant');
  assert.ok(chunks.every((chunk) => !chunk.usage), 'usage was not asked for');
  assert.equal(new Set(chunks.filter((chunk) => chunk.id).map((chunk) => chunk.id)).size, 1);
});

onEachWire('a stream ends in a usage chunk when asked', async (wire) => {
  const chunks = await collect(await client.chat.completions.create({ model: `${wire}.text`, messages, stream: true, stream_options: { include_usage: true } }));

  assert.equal(content(chunks).join(''), answer(wires[wire].text, 6));
  assert.deepEqual(chunks.filter((chunk) => chunk.usage).map((chunk) => pick(chunk.usage)), [usage]);
  assert.deepEqual(chunks.at(-1).choices, []);
});

onEachWire('chunks are there while the upstream stands still', async (wire) => {
  let text = '';
  const stream = await client.chat.completions.create({ model: `${wire}.stall`, messages: [{ role: 'user', content: marker() }], stream: true });
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    if (text === 'Hello from ') {
      break;
    }
  }

  assert.equal(text, 'Hello from ');
});
