/** Commands on a host beside its requests: retirement, merging, a change of method. */
import type { HostCommand } from '../domain/host/commands.js';
import type { StreamId } from '../kernel/identifiers.js';
import { refused } from './acceptedText.js';
import type { RequestOptions } from './activationRequests.js';
import { furtherOrigin, isRefused, refusalOf } from './commandRunner.js';
import { instantText } from './instantText.js';
import type { CommandMeta, CommandOutcome } from './port.js';
import type { RequestCommands } from './requestPort.js';

export function hostCommands(options: RequestOptions): Pick<RequestCommands, 'retireHost' | 'mergeHosts' | 'changeActivationMethod'> {
  const { runner, facts, hosts, keyDecider, hostDecider } = options;
  // One merge after another: each of several that make a circle together would by itself be right.
  let merging: Promise<unknown> = Promise.resolve();

  return {
    /** Retires the host first, then frees what was reserved for it; a retry goes on where it stopped. */
    async retireHost(input, meta) {
      const origin = runner.originOf('retireHost', input, meta);
      if (isRefused(origin)) return origin;
      if (facts.host(input.host) === undefined) return unknownHost('host');
      const outcome = await runner.run({ decider: hostDecider, stream: input.host, command: { kind: 'retireHost', occurredAt: instantText(input.occurredAt) } }, origin);
      if (outcome.kind === 'refused') return runner.answer(outcome, input.host);
      // Once the read model shows the retirement, it shows what was reserved before it.
      if (outcome.kind !== 'unchanged') await runner.applied(outcome.events);
      for (const key of facts.reservedKeys(input.host)) {
        const released = await runner.run({ decider: keyDecider, stream: key, command: { kind: 'releaseHost', host: input.host } }, furtherOrigin(origin, key));
        if (released.kind === 'refused') return runner.answer(released, input.host);
      }
      return runner.answer(outcome, input.host);
    },

    mergeHosts(input, meta) {
      const merged = merging.then(() => merge(input, meta));
      merging = merged.catch(() => undefined);
      return merged;
    },

    changeActivationMethod: ({ host, ...change }, meta) => onHost('changeActivationMethod', host, { kind: 'changeActivationMethod', ...change }, { host, ...change }, meta),
  };

  /**
   * Two merges that cross, on two nodes, begin on the same stream: that of the lesser id, whatever its part. There the second is refused,
   * and nothing of it is recorded. What the other stream would refuse is asked before, so that neither is recorded.
   */
  async function merge(input: Parameters<RequestCommands['mergeHosts']>[0], meta: CommandMeta): Promise<CommandOutcome> {
    const { survivor, absorbed } = input;
    const origin = runner.originOf('mergeHosts', input, meta);
    if (isRefused(origin)) return origin;
    if (facts.host(survivor) === undefined) return unknownHost('survivor');
    if (facts.host(absorbed) === undefined) return unknownHost('absorbed');
    const target = (role: 'SURVIVOR' | 'ABSORBED') => {
      const command: HostCommand = { kind: 'mergeHosts', role, survivor, absorbed };
      return { decider: hostDecider, stream: role === 'SURVIVOR' ? survivor : absorbed, command };
    };
    const [first, second] = survivor < absorbed ? [target('SURVIVOR'), target('ABSORBED')] : [target('ABSORBED'), target('SURVIVOR')];
    if ((await runner.recorded(origin)) === undefined) {
      const goesOn = await runner.preview(second);
      if (goesOn.kind === 'refused') return refusalOf(goesOn.refusal);
    }
    const begun = await runner.run(first, origin);
    if (begun.kind === 'refused') return runner.answer(begun, survivor);
    const done = await runner.run(second, furtherOrigin(origin, 'other host'));
    if (done.kind !== 'refused') hosts.merged(absorbed, survivor);
    return runner.answer(done, survivor);
  }

  async function onHost(name: string, host: StreamId, command: HostCommand, input: object, meta: CommandMeta): Promise<CommandOutcome> {
    const origin = runner.originOf(name, input, meta);
    if (isRefused(origin)) return origin;
    if (facts.host(host) === undefined) return unknownHost('host');
    return runner.answer(await runner.run({ decider: hostDecider, stream: host, command }, origin), host);
  }
}

function unknownHost(field: string) {
  return refused('HOST_UNKNOWN', {}, [field]);
}
