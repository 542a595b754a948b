/** How a key's state is kept apart in a snapshot: the groups of its largest maps one by one. */
import { initialProductKey, type ProductKeyState } from './state.js';
import { storedGroup, type TextGroup, type TextMap } from './textMap.js';

/** Maps that grow with the activations of a key; the others hold what is open. */
const LARGE = ['activations', 'requests'] as const;

/** A group by the name of its content. */
interface NamedGroup {
  readonly first: string;
  readonly name: string;
}

export const productKeyParts = {
  split(state: ProductKeyState, keep: (part: object, content: () => readonly string[]) => string): object {
    const named = (map: TextMap): readonly NamedGroup[] => map.map((group) => ({ first: group.first, name: keep(group, () => group.chunks) }));
    return { ...state, ...Object.fromEntries(LARGE.map((field) => [field, named(state[field])])) };
  },

  join(head: object, load: (name: string) => readonly string[], kept: (part: object, name: string) => void): ProductKeyState {
    const state = { ...initialProductKey, ...head } as ProductKeyState & Readonly<Record<(typeof LARGE)[number], readonly NamedGroup[]>>;
    const group = ({ first, name }: NamedGroup): TextGroup => {
      const stored = storedGroup(first, () => load(name));
      kept(stored, name);
      return stored;
    };
    return { ...state, ...Object.fromEntries(LARGE.map((field) => [field, (state[field] as readonly NamedGroup[]).map(group)])) };
  },
};
