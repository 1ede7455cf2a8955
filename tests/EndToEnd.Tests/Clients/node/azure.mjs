import { AzureOpenAI } from 'openai';
import { answer, assert, collect, onEachWire, OpenAI, test, wires } from './support.mjs';

const endpoint = process.env.OPENAI_BASE_URL.replace('/v1', '');
// The class refuses a base URL beside an endpoint.
delete process.env.OPENAI_BASE_URL;

const options = { endpoint, apiKey: process.env.OPENAI_API_KEY, apiVersion: '2024-10-21', maxRetries: 0 };
const messages = [{ role: 'user', content: 'Hello there' }];

onEachWire("Azure's client names the deployment in the path by the model", async (wire) => {
  const client = new AzureOpenAI(options);
  const reply = await client.chat.completions.create({ model: `${wire}.text`, messages });

  assert.equal(reply.choices[0].message.content, answer(wires[wire].text, 2));
});

onEachWire("Azure's client of one deployment streams", async (wire) => {
  const client = new AzureOpenAI({ ...options, deployment: `${wire}.text` });
  const chunks = await collect(await client.chat.completions.create({ model: 'ignored', messages, stream: true }));

  assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''), answer(wires[wire].text, 2));
});

onEachWire("OpenAI's client at Azure's v1 address", async (wire) => {
  const client = new OpenAI({ baseURL: `${endpoint}/openai/v1`, maxRetries: 0 });
  const reply = await client.chat.completions.create({ model: `${wire}.text`, messages });

  assert.equal(reply.choices[0].message.content, answer(wires[wire].text, 2));
});

test("Azure's errors are the client's own", async () => {
  await assert.rejects(new AzureOpenAI({ ...options, apiKey: 'tg-nobodys-key' }).chat.completions.create({ model: 'openai.text', messages }), OpenAI.AuthenticationError);
  await assert.rejects(new AzureOpenAI(options).chat.completions.create({ model: 'no-such-model', messages }), OpenAI.NotFoundError);
  await assert.rejects(new AzureOpenAI(options).chat.completions.create({ model: 'azure.429', messages }), (error) => error instanceof OpenAI.RateLimitError && error.headers.get('retry-after') === '7');
});
