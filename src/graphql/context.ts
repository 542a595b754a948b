import type { Catalogue } from '../domain/catalogue/catalogue.js';
import type { Language } from '../domain/messages/message.js';
import type { DatedRuleBook } from '../domain/rules/makeRuleBook.js';
import type { Instant } from '../kernel/identifiers.js';
import type { EventStore } from '../store/port.js';
import type { TokenOwner, Vault } from '../vault/port.js';
import type { ExportJobs } from '../application/exportPort.js';
import type { LedgerApplication } from '../application/port.js';
import type { SealedLog } from '../application/sealedLog.js';
import type { PublishedFeed } from './ledger/feed.js';
import type { ReadModel } from './readModel.js';

/** Everything resolvers reach, the same for all requests. */
export interface LedgerServices {
  readonly store: EventStore;
  readonly vault: Pick<Vault, 'ledgerId' | 'nameOf' | 'unseal' | 'confirmationIdsOf'>;
  readonly readModel: ReadModel;
  readonly application: LedgerApplication;
  /** The log as evidence; undefined where events are not sealed. */
  readonly sealedLog?: SealedLog | undefined;
  /** Exports that are made and kept; undefined where nobody could fetch them. */
  readonly exports?: ExportJobs | undefined;
  readonly catalogue: Catalogue;
  /** The rules and figures in force. */
  readonly rules: DatedRuleBook;
  /** What publishes the events to other systems, where something does. */
  readonly feed?: PublishedFeed | undefined;
  /** Version of the program. */
  readonly version: string;
  readonly now: () => Instant;
  /** A new UUID (version 7). */
  readonly newId: () => string;
}

/** What one request or subscription carries. */
export interface LedgerContext {
  readonly services: LedgerServices;
  readonly actor: TokenOwner;
  /** The language that people read the answer in. */
  readonly language: Language;
  /** Whether the token is still valid: asked again before each delivery of a subscription. */
  readonly stillAuthorised: () => Promise<boolean>;
}
