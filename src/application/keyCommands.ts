/** Commands on a product key that reserve nothing: its limit, its life, the KMS hosts and activation objects made with it. */
import type { Language } from '../domain/messages/message.js';
import type { ProductKeyCommand } from '../domain/productKey/commands.js';
import { COUNT_MAX, isCount } from '../domain/productKey/counts.js';
import type { StreamId } from '../kernel/identifiers.js';
import { acceptTexts, refused } from './acceptedText.js';
import type { RequestOptions } from './activationRequests.js';
import { isRefused } from './commandRunner.js';
import type { KeyFacts, LimitFigures } from './facts.js';
import { enterHost, findHost, refusalBefore } from './hostReference.js';
import { instantText } from './instantText.js';
import { justify } from './justification.js';
import type { CommandMeta, CommandOutcome } from './port.js';
import type { LimitIncreaseRequest, LimitJustification, RemainingReport, RequestCommands } from './requestPort.js';

type KeyCommands = Pick<
  RequestCommands,
  | 'requestLimitIncrease'
  | 'limitJustification'
  | 'submitLimitIncrease'
  | 'grantLimitIncrease'
  | 'refuseLimitIncrease'
  | 'withdrawLimitIncrease'
  | 'reviseLimit'
  | 'reportRemaining'
  | 'blockProductKey'
  | 'retireProductKey'
  | 'replaceProductKey'
  | 'changeKeyPolicy'
  | 'configureKmsHost'
  | 'updateKmsHost'
  | 'removeKmsHost'
  | 'createActivationObject'
  | 'removeActivationObject'
>;

export function keyCommands(options: RequestOptions): KeyCommands {
  const { runner, facts, keyDecider } = options;

  return {
    requestLimitIncrease: (input, meta) => requestLimitIncrease(input, meta),
    limitJustification,
    submitLimitIncrease: (input, meta) => withTexts('submitLimitIncrease', input, { caseNumber: input.caseNumber }, meta, ({ caseNumber = '' }) => ({ kind: 'submitLimitIncrease', increase: input.increase, caseNumber })),
    grantLimitIncrease: ({ productKey, ...grant }, meta) => onKey('grantLimitIncrease', { productKey, ...grant }, { kind: 'grantLimitIncrease', ...grant }, meta),
    refuseLimitIncrease: ({ productKey, increase }, meta) => onKey('refuseLimitIncrease', { productKey, increase }, { kind: 'refuseLimitIncrease', increase }, meta),
    withdrawLimitIncrease: ({ productKey, increase }, meta) => onKey('withdrawLimitIncrease', { productKey, increase }, { kind: 'withdrawLimitIncrease', increase }, meta),
    reviseLimit: ({ productKey, ...revision }, meta) => onKey('reviseLimit', { productKey, ...revision }, { kind: 'reviseLimit', ...revision }, meta),
    reportRemaining: (input, meta) => reportRemaining(input, meta),

    blockProductKey: ({ productKey, ...block }, meta) => onKey('blockProductKey', { productKey, ...block }, { kind: 'blockKey', ...block }, meta),
    retireProductKey: (input, meta) => onKey('retireProductKey', input, { kind: 'retireKey' }, meta),
    async replaceProductKey(input, meta) {
      if (facts.productKey(input.replacement) === undefined) return refused('KEY_UNKNOWN', {}, ['replacement']);
      if (input.replacement === input.productKey) return refused('REPLACEMENT_IS_ITSELF');
      return onKey('replaceProductKey', input, { kind: 'replaceKey', replacement: input.replacement }, meta);
    },
    changeKeyPolicy: ({ productKey, ...policy }, meta) => onKey('changeKeyPolicy', { productKey, ...policy }, { kind: 'changePolicy', ...policy }, meta),

    async configureKmsHost(input, meta) {
      const host = findHost(input, facts, options.hosts);
      if (isRefused(host)) return host;
      const origin = runner.originOf('configureKmsHost', input, meta);
      if (isRefused(origin)) return origin;
      const named = input.products ?? [];
      if (named.length > KMS_PRODUCTS_MAX) return refused('TOO_MANY_PRODUCTS', { max: KMS_PRODUCTS_MAX });
      const accepted = acceptTexts({ operatingSystem: input.operatingSystem });
      if (isRefused(accepted)) return accepted;
      const products: string[] = [];
      for (const product of named) {
        const text = acceptTexts({ products: product });
        if (isRefused(text)) return text;
        products.push(text.texts.products ?? '');
      }
      if (facts.productKey(input.productKey) === undefined) return refused('KEY_UNKNOWN', {}, ['productKey']);
      const operatingSystem = accepted.texts.operatingSystem ?? host.facts.operatingSystem;
      const command: ProductKeyCommand = { kind: 'configureKmsHost', host: host.stream, operatingSystem, products, acceptedWarnings: input.acceptWarnings ?? [] };
      const target = { decider: keyDecider, stream: input.productKey, command };
      const refusal = (await refusalBefore([host], runner, target, origin))?.refusal ?? (await enterHost(host, options, origin));
      return refusal ?? runner.answer(await runner.run(target, origin), input.productKey);
    },
    updateKmsHost: (input, meta) => withTexts('updateKmsHost', input, { update: input.update }, meta, ({ update = '' }) => ({ kind: 'updateKmsHost', host: input.host, update })),
    removeKmsHost: ({ productKey, host }, meta) => onKey('removeKmsHost', { productKey, host }, { kind: 'removeKmsHost', host }, meta),
    createActivationObject: (input, meta) =>
      withTexts('createActivationObject', input, { name: input.name, forest: input.forest }, meta, ({ name = '', forest = '' }) => ({ kind: 'createActivationObject', name, forest: forest.toLowerCase(), method: input.method })),
    removeActivationObject: (input, meta) =>
      withTexts('removeActivationObject', input, { name: input.name, forest: input.forest }, meta, ({ name = '', forest = '' }) => ({ kind: 'removeActivationObject', name, forest: forest.toLowerCase() })),
  };

  /** What `requestLimitIncrease` would say where its caller says nothing; undefined for a key that the ledger does not know. */
  function limitJustification({ productKey, limitKind, quantity }: LimitJustification, language: Language): string | undefined {
    const key = facts.productKey(productKey);
    return key && justify({ lastFive: key.lastFive, product: key.product, limitKind, quantity, figures: facts.limitFigures(productKey) }, language);
  }

  /** The justification is the reason of the event: free text of a person, sealed. A reason given beside it follows it. Without either it is made from the ledger's figures. */
  async function requestLimitIncrease(input: LimitIncreaseRequest, meta: CommandMeta): Promise<CommandOutcome> {
    const key = facts.productKey(input.productKey);
    if (key === undefined) return refused('KEY_UNKNOWN', {}, ['productKey']);
    const { limitKind, quantity } = input;
    const accepted = acceptTexts({ justification: input.justification, reason: meta.reason });
    if (isRefused(accepted)) return accepted;
    const words = [accepted.texts.justification, accepted.texts.reason].filter((text) => text !== undefined && text.trim() !== '');
    const asked = runner.originOf('requestLimitIncrease', input, { ...meta, reason: words[0] });
    if (isRefused(asked)) return asked;
    const figures: LimitFigures = facts.limitFigures(input.productKey);
    const justificationGenerated = words.length === 0;
    const reason = justificationGenerated ? justify({ lastFive: key.lastFive, product: key.product, limitKind, quantity, figures }, meta.language ?? 'en') : words.join('\n');
    const origin = { ...asked, reason };
    const command: ProductKeyCommand = {
      kind: 'requestLimitIncrease',
      increase: origin.commandId,
      limitKind,
      quantity,
      figures,
      justificationGenerated,
    };
    return runner.answer(await runner.run({ decider: keyDecider, stream: input.productKey, command }, origin), input.productKey);
  }

  function reportRemaining(input: RemainingReport, meta: CommandMeta): Promise<CommandOutcome> {
    if (!isCount(input.remaining)) return Promise.resolve(refused('COUNT_OUT_OF_RANGE', { count: input.remaining, max: COUNT_MAX }, ['remaining']));
    return onKey('reportRemaining', input, (key) => {
      const { remaining, source: evidence } = input;
      return { kind: 'observeKey', lastFive: key.lastFive, keyKind: key.kind, evidence, remaining, occurredAt: instantText(input.occurredAt) };
    }, meta);
  }

  async function withTexts<Field extends string>(
    name: string,
    input: { readonly productKey: StreamId },
    texts: Readonly<Record<Field, string | undefined>>,
    meta: CommandMeta,
    command: (accepted: Readonly<Record<Field, string | undefined>>) => ProductKeyCommand,
  ): Promise<CommandOutcome> {
    const accepted = acceptTexts(texts);
    if (isRefused(accepted)) return accepted;
    for (const [field, text] of Object.entries<string | undefined>(accepted.texts)) {
      if (text?.trim() === '') return refused('TEXT_MISSING', { field }, [field]);
    }
    return onKey(name, input, command(accepted.texts), meta);
  }

  async function onKey<Input extends { readonly productKey: StreamId }>(
    name: string,
    input: Input,
    command: ProductKeyCommand | ((key: KeyFacts) => ProductKeyCommand),
    meta: CommandMeta,
  ): Promise<CommandOutcome> {
    const origin = runner.originOf(name, input, meta);
    if (isRefused(origin)) return origin;
    const key = facts.productKey(input.productKey);
    if (key === undefined) return refused('KEY_UNKNOWN', {}, ['productKey']);
    const decided = typeof command === 'function' ? command(key) : command;
    return runner.answer(await runner.run({ decider: keyDecider, stream: input.productKey, command: decided }, origin), input.productKey);
  }
}
/** Products named for one KMS host. */
export const KMS_PRODUCTS_MAX = 50;
