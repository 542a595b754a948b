import { describe, expect, test } from 'vitest';
import type { ProductKeyCommand } from '../../src/domain/productKey/commands.js';
import type { ProductKeyEvent } from '../../src/domain/productKey/events.js';
import type { Judgement } from '../../src/domain/rules/judgement.js';
import { RULESET, type AskedRule } from '../support/ruleBook.js';
import { event, given, givenUnder, HOST, OTHER, registered } from './productKeySupport.js';

const key = registered({ kind: 'KMS_HOST', product: 'Windows 7 KMS host', allowed: undefined });
const configure = (more: object = {}): ProductKeyCommand => ({ kind: 'configureKmsHost', host: HOST, operatingSystem: 'Windows Server 2008 R2', products: [], acceptedWarnings: [], ...more });
const decision = (slotsTaken: number, activations: number) => {
  const says = (rule: string, effect: Judgement['effect']): Judgement => ({ rule, effect, outcome: 'SATISFIED', inputs: {} });
  const limits: Judgement = { ...says('K-4', 'REFUSE'), inputs: { slotsTaken, slots: 6, activations, activationsAllowed: 10 } };
  return { ruleset: RULESET, judgements: [limits, says('K-5', 'REFUSE'), says('K-6', 'REFUSE'), says('K-7', 'WARN'), says('K-12', 'WARN')] };
};
const configured = (slot: number, host = HOST): ProductKeyEvent =>
  event('KmsHostConfigured', { host, operatingSystem: 'Windows Server 2008 R2', products: ['Windows 7 KMS host'], slot, decision: decision(slot, 1) });
const reactivated = (activations: number, slot = 1): ProductKeyEvent => event('KmsHostReactivated', { host: HOST, activations, decision: decision(slot, activations) });
const removed = event('KmsHostRemoved', { host: HOST });

describe('product key: KMS hosts', () => {
  test('a computer takes a slot the first time, and is activated again in it', () => {
    given([key], configure()).thenRecorded(configured(1));
    given([key, configured(1)], configure({ host: OTHER })).thenRecorded(configured(2, OTHER));
    given([key, configured(1), configured(2, OTHER)], configure()).thenRecorded(reactivated(2));
  });
  test('removal frees no slot, and the same computer goes on in its own', () => {
    given([key, configured(1)], { kind: 'removeKmsHost', host: HOST }).thenRecorded(removed);
    given([key, configured(1), removed], { kind: 'removeKmsHost', host: HOST }).thenRecorded();
    given([key], { kind: 'removeKmsHost', host: HOST }).thenRefused('KMS_HOST_NOT_SET_UP');
    given([key, configured(1), removed], configure({ host: OTHER })).thenRecorded(configured(2, OTHER));
    given([key, configured(1), removed], configure()).thenRecorded(reactivated(2));
  });
  test('a name that every object has is no computer that was set up', () => {
    for (const host of ['constructor', '__proto__']) {
      given([key], configure({ host })).thenRecorded(configured(1, host));
      given([key], { kind: 'removeKmsHost', host }).thenRefused('KMS_HOST_NOT_SET_UP');
      given([key], { kind: 'updateKmsHost', host, update: 'KB968912' }).thenRefused('KMS_HOST_NOT_SET_UP');
      given([key, event('KmsHostRemoved', { host })], configure({ host })).thenRecorded(configured(1, host));
    }
  });
  test('a seventh computer and an eleventh activation are refused, until more is granted', () => {
    const six = [key, configured(1), ...[2, 3, 4, 5, 6].map((slot) => configured(slot, `host-${slot}`))];
    given(six, configure({ host: OTHER })).thenRefused('KMS_LIMIT_REACHED', 'K-4');
    given(six, configure()).thenRecorded(reactivated(2));
    given([key, configured(1), reactivated(10)], configure()).thenRefused('KMS_LIMIT_REACHED', 'K-4');
    const slots = event('LimitRevised', { kind: 'KMS_HOST_SLOTS', limit: 7, initiative: 'MICROSOFT' });
    const asked: AskedRule[] = [];
    givenUnder({}, asked)([...six, slots], configure({ host: OTHER }));
    expect(asked[0]).toMatchObject({ rule: 'K-4', inputs: { slotsTaken: 7, slots: 7, activations: 1, activationsAllowed: 10 } });
  });
  test('the rules are asked for each product, the key\'s own where none is named', () => {
    const asked: AskedRule[] = [];
    const update = event('KmsHostUpdated', { host: HOST, update: 'KB968912' });
    givenUnder({}, asked)([key, configured(1), update], configure({ products: ['Windows Vista', 'Office 2010'] }));
    const operatingSystem = 'Windows Server 2008 R2';
    expect(asked.slice(1).map(({ rule, inputs }) => [rule, inputs])).toEqual(
      ['Windows Vista', 'Office 2010'].flatMap((product) => [
        ['K-5', { keyProduct: 'Windows 7 KMS host', product }],
        ['K-6', { product, operatingSystem }],
        ['K-7', { product, operatingSystem, updated: true }],
        ['K-12', { product, operatingSystem, updated: true }],
      ]),
    );
  });
  test.each([
    ['K-5', 'PRODUCT_NOT_COVERED'],
    ['K-6', 'KMS_SYSTEM_UNSUITED'],
  ])('%s refuses with %s', (rule, code) => givenUnder({ [rule]: [{ rule, effect: 'REFUSE', outcome: 'VIOLATED', inputs: {} }] })([key], configure()).thenRefused(code, rule));
  test('a host that needs an update warns', () => {
    const warning: Judgement = { rule: 'K-7', effect: 'WARN', outcome: 'VIOLATED', inputs: {} };
    givenUnder({ 'K-7': [warning] })([key], configure()).thenRefused('WARNING_NOT_ACCEPTED', 'K-7');
    const accepted = decision(1, 1).judgements.with(3, { ...warning, accepted: true });
    const { data } = configured(1) as Extract<ProductKeyEvent, { type: 'KmsHostConfigured' }>;
    givenUnder({ 'K-7': [warning] })([key], configure({ acceptedWarnings: ['K-7'] })).thenRecorded(event('KmsHostConfigured', { ...data, decision: { ruleset: RULESET, judgements: accepted } }));
  });
  test('an update is recorded of a host that is set up', () => {
    const update: ProductKeyCommand = { kind: 'updateKmsHost', host: HOST, update: 'KB968912' };
    given([key, configured(1)], update).thenRecorded(event('KmsHostUpdated', { host: HOST, update: 'KB968912' }));
    given([key], update).thenRefused('KMS_HOST_NOT_SET_UP');
    given([key, configured(1), removed], update).thenRefused('KMS_HOST_NOT_SET_UP');
  });
  test('only a host key that is neither blocked nor retired sets up hosts', () => {
    given([], configure()).thenRefused('KEY_UNKNOWN');
    given([registered()], configure()).thenRefused('KEY_IS_NO_KMS_HOST_KEY');
    given([key, event('ProductKeyBlocked', { blockedBy: 'CUSTOMER' })], configure()).thenRefused('KEY_BLOCKED');
    given([key, event('ProductKeyRetired', {})], configure()).thenRefused('KEY_RETIRED');
  });
});

describe('product key: activation objects', () => {
  const create: ProductKeyCommand = { kind: 'createActivationObject', name: 'AO-1', forest: 'Corp.Example', method: 'ONLINE' };
  const remove: ProductKeyCommand = { kind: 'removeActivationObject', name: 'AO-1', forest: 'corp.example' };
  const created = event('ActivationObjectCreated', { name: 'AO-1', forest: 'corp.example', method: 'ONLINE' });
  const gone = event('ActivationObjectRemoved', { name: 'AO-1', forest: 'corp.example' });
  test('are made once for a forest, and again after they were removed', () => {
    given([key], create).thenRecorded(created);
    given([key, created], create).thenRefused('ACTIVATION_OBJECT_EXISTS');
    given([key, created, gone], create).thenRecorded(created);
  });
  test('are removed once', () => {
    given([key, created], remove).thenRecorded(gone);
    given([key, created, gone], remove).thenRecorded();
    given([key], remove).thenRefused('ACTIVATION_OBJECT_UNKNOWN');
  });
  test('need a host key', () => given([registered()], create).thenRefused('KEY_IS_NO_KMS_HOST_KEY'));
  test('take no slot', () => given([key, created], configure()).thenRecorded(configured(1)));
});
