import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../package.json' with { type: 'json' };
import { readSettings } from '../src/settings.ts';

const { version } = manifest;

test('without anything said it listens on 8080 and asks nobody', () => {
  assert.deepEqual(readSettings({}), {
    port: 8080,
    service: 'example-app',
    downstream: undefined,
    version,
    revision: 'unknown',
  });
});

test('what is said is taken', () => {
  const said = {
    PORT: '0',
    OTEL_SERVICE_NAME: 'shop',
    DOWNSTREAM_URL: 'http://other-app.other-app-sandbox',
    VERSION: 'v1.4.2',
    REVISION: '3f0384b',
  };

  assert.deepEqual(readSettings(said), {
    port: 0,
    service: 'shop',
    downstream: new URL('http://other-app.other-app-sandbox'),
    version,
    revision: '3f0384b',
  });
});

for (const [name, value] of [
  ['PORT', 'http'],
  ['PORT', ''],
  ['PORT', '70000'],
  ['DOWNSTREAM_URL', 'other-app'],
  ['DOWNSTREAM_URL', 'file:///etc/passwd'],
] as const) {
  test(`${name}=${value} is refused, and named`, () => {
    assert.throws(() => readSettings({ [name]: value }), new RegExp(`^Error: ${name}=`));
  });
}
