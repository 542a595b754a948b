import type { Fact } from '../event.js';

/** The first event of every ledger. */
export type LedgerOpened = Fact<'LedgerOpened', { readonly ledgerId: string }>;

export type ImportStarted = Fact<
  'ImportStarted',
  {
    readonly importId: string;
    readonly format: string;
    readonly parserVersion: number;
    readonly sourceName?: string | undefined;
    readonly sourceSha256: string;
    readonly sourceBytes: number;
    readonly host?: string | undefined;
    readonly timeZone?: string | undefined;
    readonly dateOrder?: string | undefined;
  }
>;

export type ImportFinished = Fact<
  'ImportFinished',
  {
    readonly importId: string;
    readonly outcome: 'COMPLETED' | 'CANCELLED' | 'FAILED';
    /** Records read: understood and refused. */
    readonly recordsRead: number;
    /** Events appended by this import (without ImportStarted and ImportFinished). */
    readonly eventsAppended: number;
    /** Records whose events were in the ledger already. */
    readonly recordsAlreadyKnown: number;
    /** Records understood that say nothing new or nothing of interest. */
    readonly recordsWithoutNews: number;
    readonly recordsRefused: number;
    /** The first refusals, at most REFUSALS_KEPT_MAX; `recordsRefused` counts all. */
    readonly refusals: readonly { readonly record: number; readonly code: string; readonly reason: string }[];
  }
>;

export type LedgerEvent = LedgerOpened | ImportStarted | ImportFinished;
