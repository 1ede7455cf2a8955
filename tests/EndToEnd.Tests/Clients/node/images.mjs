import { assert, client, marker, onEachWire, upstream } from './support.mjs';

/** What the test gateway gets for every URL it fetches. */
const fetchedImage = Buffer.from('GIF89a').toString('base64');
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The request that the question became upstream. */
async function ask(wire, url) {
  const text = marker();
  const reply = await client.chat.completions.create({
    model: `${wire}.text`,
    messages: [{ role: 'user', content: [{ type: 'text', text }, { type: 'image_url', image_url: { url } }] }],
  });
  assert.equal(reply.choices[0].finish_reason, 'stop');
  const [sent] = await upstream(text);
  return JSON.stringify(sent);
}

onEachWire('an image in a data URI reaches the model', async (wire) => {
  const sent = await ask(wire, `data:image/png;base64,${png}`);

  assert.ok(sent.includes(png) && sent.includes('image/png'), sent);
});

onEachWire('an image behind a URL reaches the model', async (wire) => {
  const url = 'https://images.example.com/cat.png';

  // Claude on Vertex takes images inline only: there the gateway fetches them.
  const expected = wire === 'vertex-claude' ? fetchedImage : `"${url}"`;
  assert.ok((await ask(wire, url)).includes(expected));
});
