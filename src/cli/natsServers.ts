import { EXIT } from './environment.js';
import { VerbError } from './failure.js';

/**
 * `nats://a:4222,nats://b:4222`. What signs in belongs into a credentials file (`credentials`: the option that names it), not where every
 * process list shows it. What is wrong is not repeated, as commander does with an option that it parses itself: it may hold a password.
 */
export function natsServers(text: string, credentials: string): readonly string[] {
  const all = text.split(',').map((each) => each.trim());
  for (const each of all) {
    if (!/^(?:nats|tls):\/\/[^/?#@\s]+$/.test(each) || !URL.canParse(each)) {
      throw new VerbError(`Each server of NATS is nats://host:port or tls://host:port; sign in with ${credentials}.`, EXIT.usage);
    }
  }
  return all;
}
