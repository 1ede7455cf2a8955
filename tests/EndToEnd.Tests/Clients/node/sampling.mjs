import { assert, client, collect, marker, test, upstream } from './support.mjs';

for (const wire of ['openai', 'azure', 'azure-deployment']) {
  test(`seed, n and log probabilities pass through (${wire})`, async () => {
    const text = marker();
    const reply = await client.chat.completions.create({ model: `${wire}.text`, messages: [{ role: 'user', content: text }], seed: 7, n: 2, logprobs: true, top_logprobs: 2 });

    assert.deepEqual(reply.choices.map((choice) => choice.index), [0, 1]);
    assert.equal(reply.choices[1].logprobs.content.length, 15);
    assert.equal(reply.choices[1].logprobs.content[0].top_logprobs.length, 2);
    const [sent] = await upstream(text);
    assert.deepEqual([sent.seed, sent.n, sent.top_logprobs], [7, 2, 2]);
  });

  test(`two answers are streamed side by side (${wire})`, async () => {
    const chunks = await collect(await client.chat.completions.create({ model: `${wire}.text`, messages: [{ role: 'user', content: 'Hello' }], n: 2, stream: true }));

    for (const index of [0, 1]) {
      const own = chunks.flatMap((chunk) => chunk.choices).filter((choice) => choice.index === index);
      assert.equal(own.filter((choice) => choice.delta.content).length, 15);
      assert.equal(own.at(-1).finish_reason, 'stop');
    }
  });
}

test('what a wire has no word for is named in a header, or refused when strict', async () => {
  const request = { model: 'anthropic.text', messages: [{ role: 'user', content: 'Hello' }], seed: 7 };
  const { response } = await client.chat.completions.create(request).withResponse();

  assert.equal(response.headers.get('x-tollgate-dropped-params'), 'seed');
  await assert.rejects(client.chat.completions.create(request, { headers: { 'x-tollgate-strict': 'true' } }), { status: 400, param: 'seed' });
});
