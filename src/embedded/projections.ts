import { activationMeans } from '../../projections/activationMeans.js';
import { agreements } from '../../projections/agreements.js';
import { hostStatus } from '../../projections/hostStatus.js';
import { imports } from '../../projections/imports.js';
import { keyCounts } from '../../projections/keyCounts.js';
import { kmsCensus } from '../../projections/kmsCensus.js';
import { requests } from '../../projections/requests.js';
import { reservations } from '../../projections/reservations.js';
import { licenceUse } from '../../projections/licenceUse.js';
import { timeline } from '../../projections/timeline.js';
import type { Projection } from '../readmodel/definition.js';
import type { LogPlace } from './logPlace.js';

/** Every projection of the product, in the order their rows are written. */
export const PROJECTIONS: readonly Projection[] = [hostStatus, keyCounts, kmsCensus, timeline, imports, reservations, agreements, licenceUse, requests, activationMeans];

/** Those that the tables of exports are computed from. */
export const VIEW_PROJECTIONS: readonly Projection[] = [hostStatus, keyCounts, agreements, licenceUse, requests];

/** What the thread that feeds them is given. */
export interface FollowTask {
  readonly log: LogPlace;
  /** Of the read model. */
  readonly directory: string;
}
