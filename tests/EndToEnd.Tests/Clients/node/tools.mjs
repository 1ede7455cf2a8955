import { assert, client, marker, onEachWire, upstream, wires } from './support.mjs';

const weather = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city', 'days'], additionalProperties: false };
const time = { type: 'object', properties: { zone: { type: 'string', enum: ['UTC', 'CET'] } }, required: ['zone'], additionalProperties: false };
const tools = [
  { type: 'function', function: { name: 'get_weather', description: 'The weather of a city', parameters: weather } },
  { type: 'function', function: { name: 'get_time', description: 'The time of a zone', parameters: time } },
];
const asked = [['get_weather', { city: 'sample', days: 1 }], ['get_time', { zone: 'UTC' }]];

const named = (calls) => calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)]);

onEachWire('parallel calls and their results end in an answer', async (wire) => {
  const [sunny, noon] = [marker(), marker()];
  const messages = [{ role: 'user', content: 'How is the weather, and how late is it?' }];
  const first = (await client.chat.completions.create({ model: `${wire}.tools`, messages, tools })).choices[0];

  assert.equal(first.finish_reason, 'tool_calls');
  assert.deepEqual(named(first.message.tool_calls), asked);
  const [a, b] = first.message.tool_calls;
  assert.notEqual(a.id, b.id);

  messages.push(first.message, { role: 'tool', tool_call_id: a.id, content: sunny }, { role: 'tool', tool_call_id: b.id, content: noon });
  const second = (await client.chat.completions.create({ model: `${wire}.tools`, messages, tools })).choices[0];

  assert.equal(second.finish_reason, 'stop');
  assert.ok(second.message.content.startsWith(`Hello from ${wires[wire].tools}. `), second.message.content);
  const [sent] = await upstream(sunny);
  assert.ok(JSON.stringify(sent).includes(noon));
  if (wire.endsWith('gemini')) {
    const signature = a.extra_content.google.thought_signature;
    assert.ok(signature.length > 0);
    assert.ok(sent.contents.some((item) => item.parts.some((part) => part.functionCall && part.thoughtSignature === signature)), 'the signature goes back');
  }
});

onEachWire("the client's own loop runs the tools of a stream", async (wire) => {
  const seen = [];
  const run = (name) => (args) => {
    seen.push([name, args]);
    return `done ${name}`;
  };
  const runner = client.chat.completions.runTools({
    model: `${wire}.tools`,
    stream: true,
    messages: [{ role: 'user', content: 'How is the weather, and how late is it?' }],
    tools: tools.map((tool) => ({ type: 'function', function: { ...tool.function, parse: JSON.parse, function: run(tool.function.name) } })),
  });

  assert.ok((await runner.finalContent()).startsWith(`Hello from ${wires[wire].tools}. `));
  assert.deepEqual(seen, asked);
});

onEachWire("the client's accumulator puts streamed calls together", async (wire) => {
  const reply = await client.chat.completions.stream({ model: `${wire}.tools`, messages: [{ role: 'user', content: 'How late is it?' }], tools }).finalChatCompletion();

  assert.equal(reply.choices[0].finish_reason, 'tool_calls');
  assert.deepEqual(named(reply.choices[0].message.tool_calls), asked);
});

onEachWire('one call at a time when asked', async (wire) => {
  const request = { model: `${wire}.tools`, messages: [{ role: 'user', content: 'How late is it?' }], tools, parallel_tool_calls: false };
  const { data, response } = await client.chat.completions.create(request).withResponse();

  if (wire.endsWith('gemini')) {
    // Gemini has no such switch, and the caller is told.
    assert.equal(response.headers.get('x-tollgate-dropped-params'), 'parallel_tool_calls');
  } else {
    assert.equal(data.choices[0].message.tool_calls.length, 1);
  }
});

onEachWire('no call when told so', async (wire) => {
  const reply = await client.chat.completions.create({ model: `${wire}.tools`, messages: [{ role: 'user', content: 'How late is it?' }], tools, tool_choice: 'none' });

  assert.equal(reply.choices[0].finish_reason, 'stop');
  assert.equal(reply.choices[0].message.tool_calls, undefined);
});
