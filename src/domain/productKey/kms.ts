/** KMS hosts set up with a host key, and activation objects made with it (K-4 to K-7, K-12, A-1). */
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { Judgement } from '../rules/judgement.js';
import type { RuleBook } from '../rules/ruleBook.js';
import type { KmsCommand } from './commands.js';
import type { ProductKeyEvent } from './events.js';
import { codeOf, warningRefusal, weigh } from './judgements.js';
import { limitInForce } from './limit.js';
import { activationObjectKey, kmsHostOf, type KmsHost, type ProductKeyState } from './state.js';

type Command<Kind extends KmsCommand['kind']> = Extract<KmsCommand, { kind: Kind }>;

/** The first time, a computer takes a slot for good; again, removed in between or not, it is activated once more in its own. */
export function configureKmsHost(state: ProductKeyState, command: Command<'configureKmsHost'>, context: DecisionContext, rules: RuleBook): Decision<ProductKeyEvent> {
  const unfit = unfitForKms(state);
  if (unfit !== undefined) return unfit;
  const { host, operatingSystem } = command;
  const known = kmsHostOf(state, host);
  const products = command.products.length > 0 || state.product === undefined ? command.products : [state.product];
  const slot = known?.slot ?? Object.keys(state.kmsHosts).length + 1;
  const judgements = judgementsOf(state, { ...command, products }, { slot, activations: known?.activations ?? 0, updated: known?.updated }, context, rules);
  const { decision, violated, unaccepted } = weigh(rules, judgements, command.acceptedWarnings);
  const [first] = violated;
  if (first !== undefined) return refuse(codeOf(first.rule), { rule: first.rule, lastFive: state.lastFive ?? '' }, [first.rule]);
  if (unaccepted.length > 0) return warningRefusal(unaccepted);
  const occurredAt = context.now;
  if (known === undefined) return accept({ type: 'KmsHostConfigured', schemaVersion: 1, occurredAt, data: { host, operatingSystem, products, slot, decision } });
  return accept({ type: 'KmsHostReactivated', schemaVersion: 1, occurredAt, data: { host, activations: known.activations + 1, decision } });
}

function judgementsOf(state: ProductKeyState, command: Command<'configureKmsHost'>, host: KmsHost, { now }: DecisionContext, rules: RuleBook): readonly Judgement[] {
  const { operatingSystem, products } = command;
  const slots = limitInForce(state, 'KMS_HOST_SLOTS', now, rules) ?? 0;
  const activationsAllowed = limitInForce(state, 'KMS_REACTIVATIONS', now, rules) ?? 0;
  const { slot, activations, updated } = host;
  return [
    // With this one: a computer that has a slot needs no other, and is activated once more.
    ...rules.judge('K-4', { slotsTaken: slot, slots, activations: activations + 1, activationsAllowed }, now),
    ...products.flatMap((product) => [
      ...rules.judge('K-5', { keyProduct: state.product, product }, now),
      ...rules.judge('K-6', { product, operatingSystem }, now),
      ...rules.judge('K-7', { product, operatingSystem, updated }, now),
      ...rules.judge('K-12', { product, operatingSystem, updated }, now),
    ]),
  ];
}

export function updateKmsHost(state: ProductKeyState, { host, update }: Command<'updateKmsHost'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  const known = kmsHostOf(state, host);
  if (known === undefined || known.removed) return refuse('KMS_HOST_NOT_SET_UP', { host });
  return accept({ type: 'KmsHostUpdated', schemaVersion: 1, occurredAt: now, data: { host, update } });
}

/** Its slot stays taken. */
export function removeKmsHost(state: ProductKeyState, { host }: Command<'removeKmsHost'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  const known = kmsHostOf(state, host);
  if (known === undefined) return refuse('KMS_HOST_NOT_SET_UP', { host });
  return known.removed ? accept() : accept({ type: 'KmsHostRemoved', schemaVersion: 1, occurredAt: now, data: { host } });
}

/** Spends one activation and no slot. */
export function createActivationObject(state: ProductKeyState, command: Command<'createActivationObject'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  const unfit = unfitForKms(state);
  if (unfit !== undefined) return unfit;
  const { name, method } = command;
  const forest = command.forest.toLowerCase();
  if (state.activationObjects[activationObjectKey(name, forest)] === true) return refuse('ACTIVATION_OBJECT_EXISTS', { name, forest });
  return accept({ type: 'ActivationObjectCreated', schemaVersion: 1, occurredAt: now, data: { name, forest, method } });
}

export function removeActivationObject(state: ProductKeyState, command: Command<'removeActivationObject'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  const { name } = command;
  const forest = command.forest.toLowerCase();
  const there = state.activationObjects[activationObjectKey(name, forest)];
  if (there === undefined) return refuse('ACTIVATION_OBJECT_UNKNOWN', { name, forest });
  return there ? accept({ type: 'ActivationObjectRemoved', schemaVersion: 1, occurredAt: now, data: { name, forest } }) : accept();
}

function unfitForKms({ lastFive, kind, blocked, retired }: ProductKeyState): Decision<ProductKeyEvent> | undefined {
  if (lastFive === undefined) return refuse('KEY_UNKNOWN');
  if (kind !== 'KMS_HOST') return refuse('KEY_IS_NO_KMS_HOST_KEY', { lastFive, kind });
  if (blocked) return refuse('KEY_BLOCKED', { lastFive });
  return retired ? refuse('KEY_RETIRED', { lastFive }) : undefined;
}
