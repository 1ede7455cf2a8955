import { assert, client, onEachWire } from './support.mjs';

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    size: { type: 'string', enum: ['small', 'large'] },
    tags: { type: 'array', items: { type: 'string' } },
    maker: { anyOf: [{ $ref: '#/$defs/maker' }, { type: 'null' }] },
  },
  required: ['name', 'size', 'tags', 'maker'],
  additionalProperties: false,
  $defs: {
    maker: {
      type: 'object',
      properties: { country: { type: 'string' }, founded: { type: 'integer' } },
      required: ['country', 'founded'],
      additionalProperties: false,
    },
  },
};

const request = (wire) => ({
  model: `${wire}.text`,
  messages: [{ role: 'user', content: 'Describe a product.' }],
  response_format: { type: 'json_schema', json_schema: { name: 'product', strict: true, schema } },
});

function check(product) {
  assert.deepEqual(Object.keys(product).sort(), ['maker', 'name', 'size', 'tags']);
  assert.equal(typeof product.name, 'string');
  assert.ok(schema.properties.size.enum.includes(product.size));
  assert.ok(product.tags.length > 0 && product.tags.every((tag) => typeof tag === 'string'));
  assert.deepEqual(Object.keys(product.maker).sort(), ['country', 'founded']);
  assert.ok(Number.isInteger(product.maker.founded));
}

onEachWire('a JSON schema is kept', async (wire) => {
  const reply = await client.chat.completions.create(request(wire));

  assert.equal(reply.choices[0].message.refusal ?? null, null);
  check(JSON.parse(reply.choices[0].message.content));
});

onEachWire('a JSON schema is kept in a stream', async (wire) => {
  const reply = await client.chat.completions.stream(request(wire)).finalChatCompletion();

  check(JSON.parse(reply.choices[0].message.content));
});
