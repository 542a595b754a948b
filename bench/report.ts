import { isMet, type Figure } from './bench.js';
import type { Environment } from './environment.js';

const NAME_WIDTH = 48;

export function describe({ cpu, cores, load, fsync, node, sqlite, commit }: Environment, scale: number): string {
  return (
    `${cpu}, ${cores} cores, load ${load}; sync p50 ${fsync.p50Ms} ms, p95 ${fsync.p95Ms} ms; ` +
    `Node ${node}, SQLite ${sqlite}, ${commit}${scale === 1 ? '' : `; scale ${scale}`}`
  );
}

/** One line a figure: whether it is met, what it is, and what it must be. */
export function tableOf(figures: readonly Figure[]): string {
  return figures.map((figure) => `${lineOf(figure)}\n`).join('');
}

function lineOf(figure: Figure): string {
  const { name, value, unit, target, sense } = figure;
  const shown = unit === 'ratio' ? value.toFixed(2) : `${Math.round(value)} ${unit}`;
  const wanted = `${sense === 'atLeast' ? '≥' : '≤'} ${unit === 'ratio' ? target.toFixed(2) : `${target} ${unit}`}`;
  return `  ${isMet(figure) ? '✓' : '✗'} ${name.padEnd(NAME_WIDTH)}${shown.padStart(9)}   ${wanted}`;
}
