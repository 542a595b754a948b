import type { SubjectId } from '../../kernel/identifiers.js';
import type { VaultEntry } from '../port.js';
import { DATA_KEY_BYTES } from '../sealing.js';
import { newSubjectId, subjectName } from '../subjectName.js';
import { ensure, untilAlone, type Entries, type Entry, type EntryName, type EntryValues } from './entries.js';

export type Person = EntryValues['person'];

export interface Subjects {
  subjectFor(name: string): Promise<SubjectId>;
  find(name: string): Promise<SubjectId | undefined>;
  /** Name and data key of a subject; believed for a moment without asking again. */
  personOf(subject: SubjectId): Promise<Person | undefined>;
  /** Erases name and data key. False when there were none. */
  forget(subject: SubjectId): Promise<boolean>;
  all(): Promise<readonly VaultEntry[]>;
  put(entry: Extract<VaultEntry, { kind: 'subject' }>): Promise<void>;
}

/** Most subjects that are remembered. */
const SUBJECTS_REMEMBERED_MAX = 1_000;

/**
 * A person's entry is found by the name, so that two nodes that meet a name at once make one: the server lets one of them create it. The
 * subject id is given out only after the entry that leads from it to the person was written.
 * `believedMs`: how late it is noticed that another node forgot a subject.
 */
export function subjectsIn(entries: Entries, random: (bytes: number) => Uint8Array, believedMs: number): Subjects {
  const remembered = new Map<SubjectId, Promise<Person | undefined>>();

  async function readPerson(subject: SubjectId): Promise<Entry<'person'> | undefined> {
    const way = await entries.read(entries.nameOf('subject', subject));
    const found = way && (await entries.read(way.value.person));
    // The name may be another subject's by now.
    return found?.value.subject === subject ? found : undefined;
  }

  function personOf(subject: SubjectId): Promise<Person | undefined> {
    const known = remembered.get(subject);
    if (known !== undefined) return known;
    const asked = readPerson(subject).then((found) => found?.value);
    if (believedMs > 0) remember(subject, asked);
    return asked;
  }

  function remember(subject: SubjectId, asked: Promise<Person | undefined>): void {
    if (remembered.size >= SUBJECTS_REMEMBERED_MAX) remembered.clear();
    remembered.set(subject, asked);
    const drop = (): void => {
      if (remembered.get(subject) === asked) remembered.delete(subject);
    };
    setTimeout(drop, believedMs).unref();
    asked.then((person) => person ?? drop(), drop);
  }

  /** Sees to it that the subject leads to the person. False when the person was forgotten meanwhile. */
  async function lead(subject: SubjectId, person: EntryName<'person'>): Promise<boolean> {
    const name = entries.nameOf('subject', subject);
    if ((await entries.read(name)) !== undefined) return true;
    await entries.create(name, { person });
    if ((await entries.read(person))?.value.subject === subject) return true;
    const way = await entries.read(name);
    if (way !== undefined) await entries.erase(way.revision);
    return false;
  }

  return {
    personOf,
    subjectFor(name) {
      const clean = subjectName(name);
      const place = entries.nameOf('person', clean);
      const make = (): Person => ({ subject: newSubjectId(random), name: clean, dataKey: Buffer.from(random(DATA_KEY_BYTES)).toString('base64') });
      return untilAlone(async () => {
        const { subject } = await ensure(entries, place, make);
        return (await lead(subject, place)) ? subject : undefined;
      });
    },
    async find(name) {
      const place = entries.nameOf('person', name.trim());
      const found = await entries.read(place);
      return found !== undefined && (await lead(found.value.subject, place)) ? found.value.subject : undefined;
    },
    async forget(subject) {
      const way = await entries.read(entries.nameOf('subject', subject));
      if (way === undefined) return false;
      const person = await readPerson(subject);
      const isErased = person !== undefined && (await entries.erase(person.revision));
      remembered.delete(subject);
      await entries.erase(way.revision);
      return isErased;
    },
    async all() {
      const people = await entries.all('person');
      return people.map(({ value: { subject, name, dataKey } }) => ({ kind: 'subject' as const, subject, name, dataKey: Buffer.from(dataKey, 'base64') }));
    },
    async put({ subject, name, dataKey }) {
      const place = entries.nameOf('person', name);
      await ensure(entries, place, () => ({ subject, name, dataKey: Buffer.from(dataKey).toString('base64') }));
      await lead(subject, place);
    },
  };
}
