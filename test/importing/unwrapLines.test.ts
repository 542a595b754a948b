import { describe, expect, test } from 'vitest';
import { unwrapLines } from '../../src/importing/syntax/unwrapLines.js';

function linesOf(text: string): readonly (string | undefined)[] {
  const lines: (string | undefined)[] = [];
  const splitter = unwrapLines((line) => lines.push(line));
  splitter.write(text);
  splitter.end();
  return lines;
}

describe('lines that a console broke', () => {
  test('are put together where a line is as wide as the console and the next has no label', () => {
    const whole = `Description: ${'x'.repeat(90)} channel`;
    expect(linesOf(`${whole.slice(0, 80)}\n${whole.slice(80)}\nStatus: y\n`)).toEqual([whole, 'Status: y']);
  });

  test('are put together over several breaks, and before their colon', () => {
    const url = `Validation URL: https://activation.example/${'x'.repeat(200)}`;
    expect(linesOf(`${url.slice(0, 80)}\n${url.slice(80, 160)}\n${url.slice(160)}\n`)).toEqual([url]);
    const long = `${'Requests with a long label '.repeat(3)}and more: 7`;
    expect(linesOf(`${long.slice(0, 80)}\n${long.slice(80)}\n`)).toEqual([long]);
  });

  test('are measured in columns: East Asian letters take two', () => {
    const whole = `说明: ${'许'.repeat(45)}`;
    expect(linesOf(`${whole.slice(0, 41)}\n${whole.slice(41)}\n`)).toEqual([whole]);
    expect(linesOf(`${whole.slice(0, 20)}\n${whole.slice(20)}\n`)).toHaveLength(2);
  });

  test('are left apart after a shorter line, before a blank one and before a rule', () => {
    const wide = `A: ${'x'.repeat(77)}`;
    expect(linesOf('A: b\nc\n')).toEqual(['A: b', 'c']);
    expect(linesOf(`${wide}\n\nc\n`)).toEqual([wide, '', 'c']);
    expect(linesOf(`${wide}\n-----\n`)).toEqual([wide, '-----']);
  });

  test('are dropped where they are longer than any tool prints', () => {
    expect(linesOf(`a\n${'x'.repeat(5000)}\nb`)).toEqual(['a', undefined, 'b']);
  });
});
