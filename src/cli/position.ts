import { Option } from 'commander';
import { EXIT } from './environment.js';
import { ask } from './ask.js';
import { groupDigits } from './numbers.js';
import { listVerb, more, type ListOptions } from './lists.js';
import { shownProduct } from './productName.js';
import type { Cell, Column } from './table.js';
import { openTerminal, type Terminal } from './terminal.js';
import type { Verb } from './verb.js';

const POSITION = /* GraphQL */ `
  query Position($first: Int!, $groupBy: [LicencePositionDimension!]!, $filter: LicencePositionFilter) {
    licencePosition(first: $first, groupBy: $groupBy, filter: $filter) {
      nodes {
        product
        licenceId
        organisation { name }
        owned { value }
        consumed { value }
        allowed { value unknown }
        used { value }
        reported { value unknown }
        active { value }
      }
      pageInfo { hasNextPage }
    }
  }
`;

interface Figure {
  readonly value: number | null;
  readonly unknown?: number;
}

interface PositionAnswer {
  readonly licencePosition: {
    readonly nodes: readonly {
      readonly product: string | null;
      readonly licenceId: string | null;
      readonly organisation: { readonly name: string } | null;
      readonly owned: Figure;
      readonly consumed: Figure;
      readonly allowed: Figure;
      readonly used: Figure;
      readonly reported: Figure;
      readonly active: Figure;
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean };
  };
}

type Row = PositionAnswer['licencePosition']['nodes'][number];

interface PositionOptions extends ListOptions {
  readonly by: string;
  readonly product?: string;
  readonly licenceId?: string;
}

/** What rows can stand for, and the column that says it. */
const GROUPINGS: Readonly<Record<string, { readonly dimension: string; readonly column: Column; readonly name: (row: Row) => string | null }>> = {
  product: { dimension: 'PRODUCT', column: { title: 'product', shrinkTo: 12 }, name: ({ product }) => (product === null ? null : shownProduct(product, null)) },
  agreement: { dimension: 'AGREEMENT', column: { title: 'licence ID', shrinkTo: 8 }, name: ({ licenceId }) => licenceId },
  organisation: { dimension: 'ORGANISATION', column: { title: 'organisation', shrinkTo: 12 }, name: ({ organisation }) => organisation?.name ?? null },
};

/** `position`: what was bought, may be activated, was spent and is active, side by side. */
export const positionVerb: Verb = (program, run, environment) => {
  listVerb(program, 'position', 'show the licence position: owned, consumed, allowed, used, reported, active')
    .addOption(new Option('--by <what>', 'what each row stands for').choices(Object.keys(GROUPINGS)).default('product'))
    .option('--product <name>', 'only this product')
    .option('--licence-id <id>', 'only the agreement of this licence ID')
    .action((options: PositionOptions) =>
      run(async () => {
        const terminal = openTerminal(environment);
        const filter = { product: options.product, licenceId: options.licenceId };
        const variables = { first: options.first, groupBy: [GROUPINGS[options.by]?.dimension], filter };
        const answer = await ask<PositionAnswer>(options, environment, program.version() ?? '', POSITION, variables);
        if (options.json === true) terminal.print(JSON.stringify(answer));
        else printPosition(answer, options.by, terminal);
        return EXIT.done;
      }),
    );
};

function printPosition({ licencePosition }: PositionAnswer, by: string, terminal: Terminal): void {
  const { dim } = terminal.paint;
  const grouping = GROUPINGS[by];
  if (grouping === undefined) throw new Error(`Nothing is grouped by ${by}.`);
  const columns = [grouping.column, ...FIGURES.map((title): Column => ({ title, align: 'right' }))];
  const rows = licencePosition.nodes.map((row): Cell[] => [grouping.name(row) ?? { text: 'not named', paint: dim }, ...FIGURES.map((title) => figureCell(row[title], dim))]);
  if (rows.length === 0) terminal.note('Neither licences nor volume keys are known yet, or none that match.');
  else terminal.table(columns, rows);
  if (licencePosition.nodes.some((row) => FIGURES.some((title) => isPartial(row[title])))) terminal.note(dim(`${PARTIAL_MARK} without keys of which it is not known`));
  more(licencePosition.pageInfo.hasNextPage, terminal);
}

// No figure is coloured: that they differ is no finding by itself.
const FIGURES = ['owned', 'consumed', 'allowed', 'used', 'reported', 'active'] as const;

/** Behind a figure that holds less than all keys. */
const PARTIAL_MARK = '*';

function figureCell(figure: Figure, dim: (text: string) => string): Cell {
  // A group without a MAK has no allotment; that of a MAK may be unknown.
  if (figure.value === null) return { text: (figure.unknown ?? 0) > 0 ? 'unknown' : '', paint: dim };
  return isPartial(figure) ? { text: `${groupDigits(figure.value)}${PARTIAL_MARK}`, paint: (text) => text } : figure.value;
}

function isPartial({ value, unknown = 0 }: Figure): boolean {
  return value !== null && unknown > 0;
}
