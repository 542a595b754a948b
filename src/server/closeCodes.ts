/**
 * WebSocket close code: the server is stopping, nothing is wrong; connect to another node (or to this one later) and
 * resume from the last cursor. It lies in the range left to applications, and graphql-ws clients take it as a reason to retry.
 * An event stream ends with the comment `: 4499 resume elsewhere` and without its `complete` event, which means the same.
 */
export const RESUME_ELSEWHERE_CODE = 4499;
export const RESUME_ELSEWHERE_REASON = 'resume elsewhere';
/** WebSocket close code: the token in `connection_init` is missing, wrong or revoked. Clients do not retry. */
export const UNAUTHENTICATED_CODE = 4401;
/** WebSocket close code: too many connections or operations; try again later. */
export const TOO_MANY_CODE = 4429;
