import { Field, Int, ObjectType, type ClassType } from 'type-graphql';
import type { Page, PageRequest } from '../../readmodel/page.js';
import { cursorText } from './page.js';

@ObjectType({ simpleResolvers: true, description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether rows follow this page.' })
  readonly hasNextPage: boolean;

  @Field(() => Boolean, { description: 'Whether rows precede this page.' })
  readonly hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first row; null for an empty page.' })
  readonly startCursor: string | undefined;

  @Field(() => String, { nullable: true, description: 'Cursor of the last row; null for an empty page.' })
  readonly endCursor: string | undefined;

  constructor(page: Page<unknown>, request: PageRequest) {
    const forward = request.direction === 'FORWARD';
    // In the direction that was not asked for, a bound means that the reader has come from there.
    this.hasNextPage = forward ? page.hasMore : request.before !== undefined;
    this.hasPreviousPage = forward ? request.after !== undefined : page.hasMore;
    const first = page.rows[0];
    const last = page.rows.at(-1);
    this.startCursor = first && cursorText(first.cursor);
    this.endCursor = last && cursorText(last.cursor);
  }
}

export interface ConnectionOf<Item> {
  readonly edges: readonly EdgeOf<Item>[];
  readonly nodes: readonly Item[];
  readonly pageInfo: PageInfo;
}

export interface EdgeOf<Item> {
  readonly cursor: string;
  readonly node: Item;
}

/** A connection's two types, and how a page of rows becomes one: rows turn into nodes only where they are selected. */
export interface ConnectionType<Item extends object> {
  readonly Connection: new <Row>(page: Page<Row>, request: PageRequest, toNode: (row: Row) => Item, count?: () => number | undefined) => ConnectionOf<Item>;
}

/** The same with `totalCount`: `count` is called only where it is selected, and answers undefined where it cannot tell. */
export function countedConnectionType<Item extends object>(name: string, nodeType: () => ClassType<Item> | object, plural: string): ConnectionType<Item> {
  const type = connectionType(name, nodeType, plural);
  const description = `How many ${plural} pass the filter, on all pages; null in a list as of the past.`;
  Field(() => Int, { nullable: true, description })(type.Connection.prototype as object, 'totalCount');
  return type;
}

/** Makes the types `<name>Connection` and `<name>Edge` for nodes of one type. */
export function connectionType<Item extends object>(name: string, nodeType: () => ClassType<Item> | object, plural: string): ConnectionType<Item> {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `One of the ${plural} of a page, and its place.` })
  class Edge {
    @Field(() => String, { description: 'Cursor of this row.' })
    readonly cursor: string;

    @Field(nodeType, { description: 'The row itself.' })
    readonly node: Item;

    constructor(cursor: string, node: Item) {
      this.cursor = cursor;
      this.node = node;
    }
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: `A page of ${plural}.` })
  class Connection<Row> {
    readonly #page: Page<Row>;
    readonly #request: PageRequest;
    readonly #toNode: (row: Row) => Item;
    readonly #count: (() => number | undefined) | undefined;

    constructor(page: Page<Row>, request: PageRequest, toNode: (row: Row) => Item, count?: () => number | undefined) {
      this.#page = page;
      this.#request = request;
      this.#toNode = toNode;
      this.#count = count;
    }

    @Field(() => [Edge], { description: 'The rows with their cursors, in the list\'s order.' })
    get edges(): readonly Edge[] {
      return this.#page.rows.map(({ row, cursor }) => new Edge(cursorText(cursor), this.#toNode(row)));
    }

    @Field(() => [nodeType()], { description: 'The rows alone, in the list\'s order.' })
    get nodes(): readonly Item[] {
      return this.#page.rows.map(({ row }) => this.#toNode(row));
    }

    // A field of the counted connections only.
    get totalCount(): number | undefined {
      return this.#count?.();
    }

    @Field(() => PageInfo, { description: 'Where the page stands in the list.' })
    get pageInfo(): PageInfo {
      return new PageInfo(this.#page, this.#request);
    }
  }

  return { Connection };
}
