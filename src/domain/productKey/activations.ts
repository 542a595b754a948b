/** What a key's state remembers of its activations, each as a line of a text map. */
import type { InstantText } from '../event.js';
import { entriesUnder, valueOf, withoutKey, withValue, type TextMap } from './textMap.js';

/** How an activation counts: confirmed, observed, observed and moved out of the opening balance, uncertain. */
export type CountedAs = 'CONFIRMED' | 'OBSERVED' | 'MOVED_FROM_OPENING' | 'UNCERTAIN';

export interface Counted {
  readonly as: CountedAs;
  /** Id of the activation, where it was asked for. */
  readonly activation?: string | undefined;
}

/** The activations of one installation. */
export interface Activation {
  /** Of the newest of them. */
  readonly at: InstantText;
  /** Since when the installation is known to have lost it. */
  readonly lostAt?: InstantText | undefined;
  /** Those that count, oldest first; none where they were reversed, or carried over to another installation. */
  readonly counted: readonly Counted[];
  /** The record was wrong: what is seen after `lostAt` counts as if it were the first. */
  readonly struckOut?: true | undefined;
}

/** An activation that was asked for, as long as something may still happen to it. */
export type RequestedActivation =
  | {
      readonly is: 'OPEN' | 'LAPSED';
      readonly host: string;
      readonly installation?: number | undefined;
      readonly requestedAt: InstantText;
      readonly expiresAt: InstantText;
      readonly reimaging: boolean;
    }
  | { readonly is: 'COUNTED'; readonly place: string; readonly requestedAt: InstantText };

/** Installations of a host are numbered from 1. */
export function isInstallation(installation: number): boolean {
  return Number.isSafeInteger(installation) && installation >= 1;
}

/** Where an activation is: a host's installation. */
export function placeOf(host: string, installation: number): string {
  return `${host}#${installation}`;
}

/** Where an activation is that was confirmed and whose installation is not known yet. */
export function unplaced(host: string, activation: string): string {
  return `${host}#${UNPLACED}${activation}`;
}

/** All places of a host begin so. */
export function hostPrefix(host: string): string {
  return `${host}#`;
}

const UNPLACED = '~';
const LETTERS: Readonly<Record<CountedAs, string>> = { CONFIRMED: 'C', OBSERVED: 'O', MOVED_FROM_OPENING: 'M', UNCERTAIN: 'U' };
const MEANINGS: Readonly<Record<string, CountedAs>> = { C: 'CONFIRMED', O: 'OBSERVED', M: 'MOVED_FROM_OPENING', U: 'UNCERTAIN' };
const STRUCK_OUT = 'X';

export function activationAt(activations: TextMap, place: string): Activation | undefined {
  const text = valueOf(activations, place);
  return text === undefined ? undefined : readActivation(text);
}

export function withActivation(activations: TextMap, place: string, { at, lostAt = '', counted, struckOut }: Activation): TextMap {
  const items = counted.map(({ as, activation = '' }) => LETTERS[as] + activation);
  if (struckOut === true) items.push(STRUCK_OUT);
  return withValue(activations, place, `${at} ${lostAt} ${items.join(',')}`);
}

export function withoutActivation(activations: TextMap, place: string): TextMap {
  return withoutKey(activations, place);
}

/** The installation a place names; undefined where it is not known yet. */
export function installationIn(place: string): number | undefined {
  const name = place.slice(place.lastIndexOf('#') + 1);
  return name.startsWith(UNPLACED) ? undefined : Number(name);
}

export function hostIn(place: string): string {
  return place.slice(0, place.lastIndexOf('#'));
}

/** The activations of a host's installations, those without a known installation included. */
export function* activationsOn(activations: TextMap, host: string): Generator<readonly [place: string, activation: Activation]> {
  for (const [place, text] of entriesUnder(activations, hostPrefix(host))) yield [place, readActivation(text)];
}

/** Activations confirmed for a host before their installation was known, with their ids. */
export function* unplacedOn(activations: TextMap, host: string): Generator<readonly [activation: string, place: string]> {
  const prefix = unplaced(host, '');
  for (const [place] of entriesUnder(activations, prefix)) yield [place.slice(prefix.length), place];
}

export function readActivation(text: string): Activation {
  const [at = '', lostAt = '', list = ''] = text.split(' ');
  const items = list === '' ? [] : list.split(',');
  const counted = items.filter((item) => item !== STRUCK_OUT).map(countedFrom);
  return { at, ...(lostAt !== '' && { lostAt }), counted, ...(items.includes(STRUCK_OUT) && { struckOut: true }) };
}

function countedFrom(item: string): Counted {
  const as = MEANINGS[item.slice(0, 1)];
  if (as === undefined) throw new Error(`An activation counts as "${item}", which nobody wrote.`);
  return item.length === 1 ? { as } : { as, activation: item.slice(1) };
}

export function requestedActivation(requests: TextMap, activation: string): RequestedActivation | undefined {
  const [is, ...rest] = valueOf(requests, activation)?.split(' ') ?? [];
  if (is === undefined) return undefined;
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = rest;
  if (is === 'COUNTED') return { is, place: first, requestedAt: second };
  const installation = second === '' ? undefined : Number(second);
  return { is: is === 'OPEN' ? 'OPEN' : 'LAPSED', host: first, installation, requestedAt: third, expiresAt: fourth, reimaging: fifth === 'R' };
}

export function withRequested(requests: TextMap, activation: string, requested: RequestedActivation): TextMap {
  return withValue(requests, activation, requestedText(requested));
}

function requestedText(requested: RequestedActivation): string {
  if (requested.is === 'COUNTED') return `COUNTED ${requested.place} ${requested.requestedAt}`;
  const { is, host, installation = '', requestedAt, expiresAt, reimaging } = requested;
  return [is, host, installation, requestedAt, expiresAt, reimaging ? 'R' : ''].join(' ');
}
