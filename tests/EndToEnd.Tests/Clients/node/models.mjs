import { assert, client, collect, OpenAI, test, wires } from './support.mjs';

test('models are listed', async () => {
  const ids = (await collect(client.models.list())).map((model) => model.id);

  for (const [wire, scenarios] of Object.entries(wires)) {
    for (const scenario of Object.keys(scenarios)) {
      assert.ok(ids.includes(`${wire}.${scenario}`), `${wire}.${scenario}`);
    }
  }
});

test('a tenant sees its own models only', async () => {
  const narrow = client.withOptions({ apiKey: process.env.NARROW_KEY });

  assert.deepEqual((await collect(narrow.models.list())).map((model) => model.id), ['openai.text']);
  await assert.rejects(narrow.models.retrieve('anthropic.text'), OpenAI.NotFoundError);
});

test('a model is retrieved', async () => {
  const model = await client.models.retrieve('anthropic.text');

  assert.deepEqual([model.id, model.object, model.owned_by], ['anthropic.text', 'model', 'claude']);
  assert.ok(model.created > 0);
});

test('an unknown model is a NotFoundError', async () => {
  await assert.rejects(client.models.retrieve('no-such-model'), OpenAI.NotFoundError);
});
