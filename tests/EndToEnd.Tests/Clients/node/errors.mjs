import { assert, client, collect, onEachWire, OpenAI, test } from './support.mjs';

const messages = [{ role: 'user', content: 'Hello' }];
const create = (body, key) => (key ? client.withOptions({ apiKey: key }) : client).chat.completions.create({ messages, ...body });

/** The error that a call ends in, which must be of the client's own type. */
async function fails(call, type) {
  const error = await call.then(() => assert.fail('it succeeded'), (reason) => reason);
  assert.ok(error instanceof type, `${error?.constructor.name}: ${error}`);
  assert.ok(error.requestID?.startsWith('req_'), 'the request id is told');
  return error;
}

test('an unknown key is an AuthenticationError', async () => {
  const error = await fails(create({ model: 'openai.text' }, 'tg-nobodys-key'), OpenAI.AuthenticationError);

  assert.deepEqual([error.status, error.code, error.type], [401, 'invalid_api_key', 'authentication_error']);
});

test('an unknown model is a NotFoundError', async () => {
  const error = await fails(create({ model: 'no-such-model' }), OpenAI.NotFoundError);

  assert.deepEqual([error.status, error.code, error.param], [404, 'model_not_found', 'model']);
});

test('an unknown address is a NotFoundError', async () => {
  await assert.rejects(client.files.list().asResponse(), OpenAI.NotFoundError);
});

test('a broken request is a BadRequestError that names the parameter', async () => {
  const error = await fails(create({ model: 'anthropic.text', messages: 'Hello' }), OpenAI.BadRequestError);

  assert.equal(error.param, 'messages');
});

test('a used-up budget is a RateLimitError with the time to wait', async () => {
  const error = await fails(create({ model: 'openai.text' }, process.env.EXHAUSTED_KEY), OpenAI.RateLimitError);

  assert.ok(Number(error.headers.get('retry-after')) > 0);
  assert.ok(Number(error.headers.get('retry-after-ms')) > 0);
});

const upstreams = [
  ['400', OpenAI.BadRequestError, 400],
  ['401', OpenAI.InternalServerError, 502],
  ['404', OpenAI.NotFoundError, 404],
  ['429', OpenAI.RateLimitError, 429],
  ['500', OpenAI.InternalServerError, 502],
  ['503', OpenAI.InternalServerError, 503],
];

for (const [scenario, type, status] of upstreams) {
  onEachWire(`an upstream's ${scenario} is a ${type.name}, streamed or not`, async (wire) => {
    for (const stream of [false, true]) {
      const error = await fails(create({ model: `${wire}.${scenario}`, stream }), type);
      assert.equal(error.status, status);
      if (status === 429) {
        assert.equal(error.headers.get('retry-after'), '7');
      }
    }
  });
}

onEachWire('an upstream that fails midway throws out of the loop', async (wire) => {
  let text = '';
  const loop = async () => {
    for await (const chunk of await create({ model: `${wire}.error`, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? '';
      assert.ok(!chunk.choices[0]?.finish_reason, 'it never looks finished');
    }
  };

  await assert.rejects(loop, OpenAI.APIError);
  // Chunks that came in one piece with the failure were never shown.
  assert.ok('Hello from '.startsWith(text), text);
});

test('a caller who gives up ends the stream', async () => {
  const giveUp = new AbortController();
  const stream = await client.chat.completions.create({ model: 'gemini.stall', messages, stream: true }, { signal: giveUp.signal });
  for await (const _ of stream) {
    giveUp.abort();
  }
});
