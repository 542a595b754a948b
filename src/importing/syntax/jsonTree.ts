import { RECORD_CHARACTERS_MAX, type RecordParser } from '../parser.js';
import { TREE_DEPTH_MAX, type TreeEvents } from './tree.js';
import type { RefusalCode } from '../refusals.js';

/** A list or object that is open. `name` is what its members, or its items, go by. */
interface Container {
  readonly isList: boolean;
  /** Name of the element that the container is, or that its items are. */
  readonly name: string;
}

/** A string (without its opening quote) or a literal, as far as it has come. `escaped`: its last character is an open backslash. */
interface Token {
  readonly kind: 'string' | 'literal';
  text: string;
  escaped: boolean;
}

type Expected = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd';

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/**
 * Reads JSON as it comes: one value, or several one after the other. A list is no element of its own: its items are, under the list's
 * name. `topName` is what each value at the top goes by, or each item of a list at the top. The first fault ends the reading.
 */
export function openJsonTree(topName: string, events: TreeEvents): RecordParser {
  const open: Container[] = [];
  let expected: Expected = 'value';
  let key = '';
  let line = 1;
  let token: Token | undefined;
  let stopped = false;

  function stop(code: RefusalCode, sentence: string): void {
    if (stopped) return;
    stopped = true;
    token = undefined;
    events.fault(code, `Line ${line}: ${sentence}`);
  }
  /** Asked anew in loops: what they call may have stopped it. */
  function isStopped(): boolean {
    return stopped;
  }
  function malformed(): void {
    stop('MALFORMED_JSON', 'the JSON is not well-formed from here on.');
  }

  function nameHere(): string {
    const container = open.at(-1);
    if (container === undefined) return topName;
    return container.isList ? container.name : key;
  }

  function openContainer(isList: boolean): void {
    if (expected !== 'value' && expected !== 'valueOrEnd') return malformed();
    if (open.length === TREE_DEPTH_MAX) return stop('MALFORMED_JSON', `it is nested more than ${TREE_DEPTH_MAX} deep.`);
    const name = nameHere();
    open.push({ isList, name });
    if (!isList) events.open(name, NO_ATTRIBUTES);
    expected = isList ? 'valueOrEnd' : 'keyOrEnd';
  }

  function closeContainer(isList: boolean): void {
    const container = open.at(-1);
    const mayEnd = expected === 'commaOrEnd' || expected === (isList ? 'valueOrEnd' : 'keyOrEnd');
    if (container === undefined || container.isList !== isList || !mayEnd) return malformed();
    open.pop();
    if (!isList) events.close(container.name, undefined);
    valueDone();
  }

  function valueDone(): void {
    expected = open.length === 0 ? 'value' : 'commaOrEnd';
  }

  function takeString(raw: string): void {
    const text = decoded(raw);
    if (text === undefined) return malformed();
    if (expected === 'key' || expected === 'keyOrEnd') {
      key = text.toLowerCase();
      expected = 'colon';
    } else takeScalar(text);
  }

  function takeLiteral(text: string): void {
    if (text === 'null') takeScalar('');
    else if (/^(?:true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?)$/i.test(text)) takeScalar(text);
    else malformed();
  }

  function takeScalar(text: string): void {
    if (expected !== 'value' && expected !== 'valueOrEnd') return malformed();
    const name = nameHere();
    events.open(name, NO_ATTRIBUTES);
    events.close(name, text.trim());
    valueDone();
  }

  function takeMark(character: string): void {
    if (character === '{' || character === '[') openContainer(character === '[');
    else if (character === '}' || character === ']') closeContainer(character === ']');
    else if (character === ',' && expected === 'commaOrEnd') expected = open.at(-1)?.isList === true ? 'value' : 'key';
    else if (character === ':' && expected === 'colon') expected = 'value';
    else malformed();
  }

  /** Goes on with the open token; answers where it ended, or the chunk's end. */
  function readToken(chunk: string, from: number): number {
    if (token === undefined) return from;
    const end = token.kind === 'string' ? endOfString(token, chunk, from) : endOfLiteral(chunk, from);
    const until = end === -1 ? chunk.length : end;
    token.text += chunk.slice(from, until);
    if (token.text.length > RECORD_CHARACTERS_MAX) {
      stop('RECORD_TOO_LONG', `a value is longer than ${RECORD_CHARACTERS_MAX} characters.`);
    } else if (end !== -1) {
      const { kind, text } = token;
      token = undefined;
      if (kind === 'literal') takeLiteral(text);
      else takeString(text);
      return kind === 'string' ? end + 1 : end;
    }
    return until;
  }

  return {
    write(chunk) {
      let at = 0;
      while (at < chunk.length && !isStopped()) {
        if (token !== undefined) {
          at = readToken(chunk, at);
          continue;
        }
        const character = chunk.charAt(at);
        if (character === '\n') line += 1;
        if (character === '"') {
          token = { kind: 'string', text: '', escaped: false };
          at += 1;
        } else if (/[\w.+-]/.test(character)) token = { kind: 'literal', text: '', escaped: false };
        else {
          if (!/[\s\uFEFF]/.test(character)) takeMark(character);
          at += 1;
        }
      }
    },
    end() {
      if (token?.kind === 'literal') readToken(' ', 0);
      if (token !== undefined || open.length > 0) stop('TRUNCATED', 'the file ends before its JSON does.');
      if (!isStopped()) events.end();
    },
  };
}

/** Where the closing quote is; −1 if not in this chunk. */
function endOfString(token: Token, chunk: string, from: number): number {
  const mark = /["\\]/g;
  let at = from;
  for (;;) {
    if (token.escaped && at < chunk.length) {
      token.escaped = false;
      at += 1;
    }
    mark.lastIndex = at;
    const found = mark.exec(chunk);
    if (found === null) return -1;
    if (found[0] === '"') return found.index;
    token.escaped = true;
    at = found.index + 1;
  }
}

/** Where the number or word ends; −1 if not in this chunk. */
function endOfLiteral(chunk: string, from: number): number {
  const other = /[^\w.+-]/g;
  other.lastIndex = from;
  return other.exec(chunk)?.index ?? -1;
}

/** The text of a string between its quotes; undefined if it is malformed. */
function decoded(raw: string): string | undefined {
  try {
    const text: unknown = JSON.parse(`"${raw}"`);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
