import type { ActivationMeansQueries } from '../../projections/activationMeans.js';
import type { AgreementsQueries } from '../../projections/agreements.js';
import type { HostStatusQueries } from '../../projections/hostStatus.js';
import type { ImportsQueries } from '../../projections/imports.js';
import type { KeyCountsQueries } from '../../projections/keyCounts.js';
import type { KmsCensusQueries } from '../../projections/kmsCensus.js';
import type { RequestsQueries } from '../../projections/requests.js';
import type { ReservationsQueries } from '../../projections/reservations.js';
import type { LicenceUseQueries } from '../../projections/licenceUse.js';
import type { TimelineQueries } from '../../projections/timeline.js';
import type { Sequence } from '../kernel/identifiers.js';

/**
 * What the API reads: the projections' queries on the read-model file of the moment. The properties may change between
 * two requests (another file is opened after a rebuild), so they are not kept.
 */
export interface ReadModel {
  readonly hosts: HostStatusQueries;
  readonly productKeys: KeyCountsQueries;
  readonly kms: KmsCensusQueries;
  readonly imports: ImportsQueries;
  readonly timeline: TimelineQueries;
  readonly requests: RequestsQueries;
  readonly reservations: ReservationsQueries;
  readonly activationMeans: ActivationMeansQueries;
  readonly agreements: AgreementsQueries;
  readonly licenceUse: LicenceUseQueries;

  /** How far the read model is, and whether it is an old one answering while a new one is built. */
  progress(): { readonly sequence: Sequence; readonly rebuilding: boolean };

  /** The last sequence whose running maximum of recording times is not later than this (epoch ms): what the ledger knew then. */
  sequenceAsOf(recordedAt: number): Sequence;

  /**
   * Resolves true once the event with this sequence is applied, false when it will not be soon: the read model is being
   * rebuilt, or the signal aborted.
   */
  waitUntilApplied(sequence: Sequence, signal?: AbortSignal): Promise<boolean>;
}
