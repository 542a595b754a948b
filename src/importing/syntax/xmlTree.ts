import { SaxesParser } from 'saxes';
import { RECORD_CHARACTERS_MAX, type RecordParser } from '../parser.js';
import { TREE_DEPTH_MAX, type TreeEvents } from './tree.js';
import type { RefusalCode } from '../refusals.js';

/** How much is given to the XML parser at once, in characters, so that its memory can be checked in between. */
const PIECE_CHARACTERS = 65_536;

const DOCTYPE_REFUSED = 'a document type is declared; such files are not read.';

/**
 * Reads XML as it comes. Document types and entities beyond XML's own five are refused (`XML_ENTITY`): nothing is ever resolved or
 * fetched. The first fault ends the reading. Several documents one after the other are read as well.
 */
export function openXmlTree(events: TreeEvents): RecordParser {
  const parser = new SaxesParser({ fragment: true });
  const path: string[] = [];
  let text = '';
  let isLeaf = false;
  /** Characters since the parser last had something to tell: what it holds in memory. */
  let held = 0;
  let stopped = false;
  let ending = false;
  let betweenDocuments = false;
  /** An element whose end was read but not yet told: the parser closes it before it complains that the end tag is another's. */
  let closing: { name: string; text: string | undefined } | undefined;

  function deliverClosing(): void {
    const closed = closing;
    closing = undefined;
    if (closed !== undefined && !stopped) events.close(closed.name, closed.text);
  }

  function stop(code: RefusalCode, sentence: string): void {
    if (stopped) return;
    stopped = true;
    events.fault(code, `Line ${parser.line}: ${sentence}`);
  }

  parser.on('error', (error) => {
    // Inventories written one after the other into one file each begin with a declaration. The parser complains of it in several ways
    // and then goes on with the element after it.
    if (path.length === 0 && error.message.includes('XML declaration must be at the start')) betweenDocuments = true;
    if (betweenDocuments) return;
    if (error.message.includes('unexpected close tag')) closing = undefined;
    else deliverClosing();
    if (error.message.includes('doctype')) stop('XML_ENTITY', DOCTYPE_REFUSED);
    else if (error.message.includes('undefined entity')) stop('XML_ENTITY', 'an entity is used other than the five that XML predefines.');
    else if (ending) stop('TRUNCATED', 'the file ends before its XML does.');
    else stop('MALFORMED_XML', 'the XML is not well-formed from here on.');
  });
  parser.on('doctype', () => stop('XML_ENTITY', DOCTYPE_REFUSED));
  parser.on('text', (piece) => takeText(piece));
  parser.on('cdata', (piece) => takeText(piece));
  parser.on('opentag', (tag) => {
    held = 0;
    betweenDocuments = false;
    deliverClosing();
    if (stopped) return;
    if (path.length === TREE_DEPTH_MAX) return stop('MALFORMED_XML', `elements are nested more than ${TREE_DEPTH_MAX} deep.`);
    const name = localName(tag.name);
    path.push(name);
    text = '';
    isLeaf = true;
    events.open(name, new Map(Object.entries(tag.attributes).map(([key, value]) => [localName(key), value])));
  });
  parser.on('closetag', () => {
    held = 0;
    deliverClosing();
    const name = path.pop();
    if (stopped || name === undefined) return;
    closing = { name, text: isLeaf ? text.trim() : undefined };
    isLeaf = false;
    text = '';
  });

  /** Asked anew: the parser's own handlers may have stopped it in between. */
  function isStopped(): boolean {
    return stopped;
  }
  function takeText(piece: string): void {
    if (isLeaf) text += piece;
  }

  return {
    write(chunk) {
      for (let from = 0; from < chunk.length && !stopped; from += PIECE_CHARACTERS) {
        const piece = chunk.slice(from, from + PIECE_CHARACTERS);
        held += piece.length;
        parser.write(piece);
        if (held > RECORD_CHARACTERS_MAX) stop('RECORD_TOO_LONG', `an element is longer than ${RECORD_CHARACTERS_MAX} characters.`);
      }
    },
    end() {
      if (stopped) return;
      ending = true;
      parser.close();
      deliverClosing();
      if (!isStopped()) events.end();
    },
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1).toLowerCase();
}
