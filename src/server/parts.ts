import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** `degraded`: the ledger answers, something beside it is late or away. `failed`: someone has to look. */
export type PartStatus = 'ok' | 'degraded' | 'failed';

/** What `/healthz` tells of a part to whoever asks: nothing secret. */
export interface PartHealth {
  readonly status: PartStatus;
  readonly [detail: string]: string | number | boolean | null;
}

/** Something that a served ledger has beside the API: the feed, the audit log, a check on a schedule. */
export interface ServedPart {
  /** Its name in `/healthz`: lower camel case. */
  readonly name: string;
  /** How it is now; asked at each look at `/healthz`, so it only reads what it knows. */
  health?(): PartHealth;
  /** Adds what it serves; called once, before the server listens. */
  routes?(app: FastifyInstance, access: RouteAccess): void;
  /** Lets what is under way end. Called after the API has stopped, before the store closes. */
  stop(): Promise<void>;
}

/** What a part's routes are guarded with. */
export interface RouteAccess {
  /** Fastify hook (`onRequest`): answers 401 unless the request carries a valid token, as `Authorization: Bearer …`; then `request.ledgerContext` is set. */
  readonly requireToken: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;
}

/** The answer of `/healthz`: the worst of its parts, and each of them. */
export function healthOf(parts: readonly ServedPart[], stopping: boolean): { readonly code: number; readonly body: object } {
  const known = parts.flatMap((part) => (part.health === undefined ? [] : [[part.name, part.health()] as const]));
  const statuses = known.map(([, { status }]) => status);
  const worst = statuses.includes('failed') ? 'failed' : statuses.includes('degraded') ? 'degraded' : 'ok';
  const detail = known.length === 0 ? {} : { parts: Object.fromEntries(known) };
  // A part in trouble is no reason to be restarted or taken out of a proxy: queries and commands are answered.
  return { code: stopping ? 503 : 200, body: { status: stopping ? 'stopping' : worst, ...detail } };
}
