const test = require('node:test');
const assert = require('node:assert');
const { add } = require('../src/add');

test('two and two', () => assert.strictEqual(add(2, 2), 4));
