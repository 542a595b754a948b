import { expect, test } from 'vitest';
import { LANGUAGES, render } from '../../src/domain/messages/message.js';
import { MESSAGES, messageOf } from '../../src/domain/messages/messages.js';

const placeholders = (text: string): readonly string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name)).toSorted();

test.each(Object.entries(MESSAGES))('%s is a sentence with the same parameters in each language', (_code, message) => {
  for (const language of LANGUAGES) {
    expect(message[language]).toMatch(/^.*\S.*\.$/s);
    expect(placeholders(message[language])).toEqual(placeholders(message.en));
  }
  expect(message.fr).not.toBe(message.en);
});

test('a text shows its parameters, and which are missing', () => {
  expect(render({ en: '{a} of {b}', fr: '{a} sur {b}' }, { a: 1, b: 'two' }, 'fr')).toBe('1 sur two');
  expect(render({ en: '{a} of {b}', fr: '' }, { a: 1 })).toBe('1 of {b}');
});

test('only the domain\'s own codes have a message', () => {
  expect(messageOf('LEDGER_ALREADY_OPEN')).toBe(MESSAGES.LEDGER_ALREADY_OPEN);
  expect(messageOf('constructor')).toBeUndefined();
});
