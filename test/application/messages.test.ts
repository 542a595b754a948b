import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { refusalMessage, refusalText, type RefusalCode } from '../../src/application/messages.js';
import { LANGUAGES } from '../../src/domain/messages/message.js';

const FILES = [...readdirSync('src/domain/messages').filter((file) => file !== 'advice.ts').map((file) => `src/domain/messages/${file}`), 'src/application/messages.ts'];
const codes = FILES.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^ {2}([A-Z][A-Z_]+): \{/gm)].map((match) => match[1] as RefusalCode));

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').toSorted((a, b) => (a < b ? -1 : 1));

describe('what refusals say', () => {
  test('is said under one code each, which means one thing', () => {
    expect(codes.length).toBeGreaterThan(80);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  test('is said in every language, naming the same things', () => {
    for (const code of codes) {
      const message = refusalMessage(code);
      expect(LANGUAGES.filter((language) => message[language].trim() === ''), code).toEqual([]);
      expect(placeholders(message.fr), code).toEqual(placeholders(message.en));
    }
  });

  test('is not said in another language where what it names is not known', () => {
    expect(refusalText('TEXT_TOO_LONG', { field: 'reason', length: 9, max: 8 }, 'fr')).toBe('« reason » compte 9 caractères ; 8 au plus sont admis.');
    expect(refusalText('TEXT_TOO_LONG', undefined, 'fr')).toBeUndefined();
    expect(refusalText('NO_SUCH_CODE', {}, 'fr')).toBeUndefined();
    expect(refusalText('constructor', {}, 'fr')).toBeUndefined();
  });
});
