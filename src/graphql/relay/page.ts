import { ArgsType, Field, Int } from 'type-graphql';
import { PAGE_ROWS_MAX, type Cursor, type Page, type PageRequest } from '../../readmodel/page.js';
import { isGiven } from '../given.js';
import { inputError } from '../clientError.js';

/** Rows of a page when neither `first` nor `last` is given. */
export const PAGE_SIZE_DEFAULT = 50;
/** Most rows of a page. */
export const PAGE_SIZE_MAX = PAGE_ROWS_MAX;
/** Longest cursor taken, in characters; those made here are far shorter. */
const CURSOR_CHARACTERS_MAX = 2_048;

/** The arguments of every connection. */
@ArgsType()
export class PageArguments {
  @Field(() => Int, { nullable: true, description: `Rows from the beginning: 1 to ${PAGE_SIZE_MAX}. Without \`first\` and \`last\`: ${PAGE_SIZE_DEFAULT}.` })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Cursor: only rows after it.' })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: `Rows from the end: 1 to ${PAGE_SIZE_MAX}; not together with \`first\`.` })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Cursor: only rows before it.' })
  before?: string | null;
}

/** The page asked for; throws an error meant for the client when it is out of bounds. */
export function pageRequest({ first, after, last, before }: PageArguments): PageRequest {
  if (isGiven(first) && isGiven(last)) throw inputError('FIRST_OR_LAST');
  return {
    limit: isGiven(last) ? pageSize('last', last) : pageSize('first', first ?? PAGE_SIZE_DEFAULT),
    direction: isGiven(last) ? 'BACKWARD' : 'FORWARD',
    after: isGiven(after) ? readCursor('after', after) : undefined,
    before: isGiven(before) ? readCursor('before', before) : undefined,
  };
}

/** The page a list's query answers with; a cursor of another list or order is the client's mistake. */
export function readPage<Row>(request: PageRequest, query: (request: PageRequest) => Page<Row>): Page<Row> {
  try {
    return query(request);
  } catch (error) {
    if (error instanceof RangeError) throw inputError('CURSOR_OF_ANOTHER_ORDER');
    throw error;
  }
}

/** Opaque to clients: base64url of the JSON array of the row's place in the list's order. */
export function cursorText(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor), 'utf8').toString('base64url');
}

function readCursor(argument: string, text: string): Cursor {
  if (text.length <= CURSOR_CHARACTERS_MAX) {
    try {
      const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
      if (Array.isArray(parts) && parts.length > 0 && parts.every(isCursorPart)) return parts;
    } catch {
      // Not a cursor: said below.
    }
  }
  throw inputError('NO_CURSOR', { argument });
}

function isCursorPart(part: unknown): part is string | number | null {
  return part === null || typeof part === 'string' || (typeof part === 'number' && Number.isFinite(part));
}

function pageSize(argument: string, size: number): number {
  if (size >= 1 && size <= PAGE_SIZE_MAX) return size;
  throw inputError('OUT_OF_BOUNDS', { argument, min: 1, max: PAGE_SIZE_MAX, given: size });
}
