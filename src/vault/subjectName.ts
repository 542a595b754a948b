import type { SubjectId } from '../kernel/identifiers.js';
import { VaultError } from './port.js';

/** Longest name of a subject, in characters. */
export const NAME_CHARACTERS_MAX = 200;
const SUBJECT_ID_BYTES = 16;

/** The name as it is kept. Throws `VaultError` NAME_OUT_OF_RANGE. */
export function subjectName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > NAME_CHARACTERS_MAX) {
    throw new VaultError('NAME_OUT_OF_RANGE', `A name has 1 to ${NAME_CHARACTERS_MAX} characters.`);
  }
  return trimmed;
}

export function newSubjectId(random: (bytes: number) => Uint8Array): SubjectId {
  return `subject-${Buffer.from(random(SUBJECT_ID_BYTES)).toString('hex')}` as SubjectId;
}
