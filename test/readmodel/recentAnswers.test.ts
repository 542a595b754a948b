import { expect, test } from 'vitest';
import { openRecentAnswers } from '../../src/readmodel/recentAnswers.js';

test('a question asked again is not answered anew, until so many others came that it is forgotten', () => {
  const asked: string[] = [];
  const recent = openRecentAnswers((name: string, number: number) => {
    asked.push(`${name}${number}`);
    return { name, number };
  });
  expect(recent('a', 1)).toBe(recent('a', 1));
  expect(recent('a', 2)).toEqual({ name: 'a', number: 2 });
  expect(asked).toEqual(['a1', 'a2']);
  for (let other = 0; other < 8; other += 1) recent('b', other);
  recent('a', 1);
  expect(asked.filter((each) => each === 'a1')).toHaveLength(2);
});
