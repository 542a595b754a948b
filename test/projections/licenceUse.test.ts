import { expect, test } from 'vitest';
import { licenceUse, openLicenceUseQueries } from '../../projections/licenceUse.js';
import type { RuledDecision } from '../../src/domain/rules/judgement.js';
import { derivedStreamId } from '../../src/kernel/eventIds.js';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import type { Sequence } from '../../src/kernel/identifiers.js';
import { envelopeWriter } from '../readmodel/support/envelopes.js';
import { given } from '../readmodel/support/folding.js';

const KEY = 'productKey-one';
const V1 = derivedStreamId('agreement', 'licenceId', 'V1');
const V2 = derivedStreamId('agreement', 'licenceId', 'V2');
const at = (sequence: number): Sequence => sequence as Sequence;
const decision: RuledDecision = { ruleset: 'r', judgements: [] };

async function queriesOn(envelopes: Iterable<EventEnvelope>) {
  return openLicenceUseQueries(await given(envelopes, [licenceUse]));
}

test('a volume key tells product and agreement as registered and corrected; what came with a device is none', async () => {
  const write = envelopeWriter();
  const registration = write(KEY, 'ProductKeyRegistered', { lastFive: 'GGGGG', kind: 'MAK', product: 'Suite', agreement: 'v 1' });
  const queries = await queriesOn([
    write(KEY, 'ProductKeyObserved', { lastFive: 'GGGGG', kind: 'MAK', evidence: 'SLMGR' }),
    registration,
    write(KEY, 'CorrectionRecorded', { event: registration.id, eventType: 'ProductKeyRegistered', field: 'agreement', was: 'v 1', value: 'V2' }),
    write('productKey-two', 'ProductKeyObserved', { lastFive: 'HHHHH', kind: 'OEM', product: 'Windows', evidence: 'SLMGR' }),
    write('productKey-three', 'ProductKeyRegistered', { lastFive: 'JJJJJ', kind: 'RETAIL', product: 'Windows', agreement: 'V1' }),
  ]);
  const key = { key: KEY, kind: 'MAK', lastFive: 'GGGGG' };
  expect(queries.keys(at(1))).toEqual([{ ...key, product: undefined, agreement: undefined, licenceId: undefined }]);
  expect(queries.keys(at(2))).toEqual([{ ...key, product: 'Suite', agreement: V1, licenceId: 'v 1' }]);
  expect(queries.keys(at(4))).toEqual([{ ...key, product: 'Suite', agreement: V2, licenceId: 'V2' }]);
  expect(queries.keys().map((each) => each.key).toSorted()).toEqual([KEY, 'productKey-three']);
});

test('activations consume the licences they name from their grant until they end; without a name those of the key', async () => {
  const write = envelopeWriter();
  const request = (activation: string, agreement?: string, stream = KEY) =>
    write(stream, 'ActivationRequested', { activation, host: 'host-a', product: 'Suite', method: 'MAK_INDEPENDENT', purpose: 'PRODUCTION', agreement });
  const grant = (activation: string, stream = KEY) => write(stream, 'ActivationGranted', { activation, expiresAt: '2026-02-01T00:00:00.000Z', decision });
  const confirm = (activation: string, confirmedBy: 'REQUESTER' | 'LATE' = 'REQUESTER') =>
    write(KEY, 'ActivationConfirmed', { activation, host: 'host-a', consumption: 'CONSUMED', confirmedBy, countsAs: 'CONFIRMED' });
  const queries = await queriesOn([
    write(KEY, 'ProductKeyRegistered', { lastFive: 'GGGGG', kind: 'MAK', product: 'Suite', agreement: 'V1' }), // 1
    request('a'), grant('a'), // 2, 3
    request('b', 'V2'), grant('b'), // 4, 5
    confirm('b'), // 6
    request('c', 'V2'), write(KEY, 'ActivationRefused', { activation: 'c', code: 'LIMIT_REACHED', parameters: {}, decision }), // 7, 8
    write(KEY, 'ActivationReleased', { activation: 'a', cause: 'LAPSED' }), // 9
    confirm('a', 'LATE'), // 10
    write(KEY, 'ActivationReversed', { activation: 'b', cause: 'DUPLICATE', evidenceSha256: '0'.repeat(64), countedAs: 'CONFIRMED' }), // 11
    request('d', 'V2', 'productKey-two'), grant('d', 'productKey-two'), // 12, 13
    write('productKey-two', 'ActivationFailed', { activation: 'd', hresult: '0xC004C008' }), // 14
    request('e', undefined, 'productKey-two'), grant('e', 'productKey-two'), // 15, 16
    // One that was only observed names no licence.
    write(KEY, 'ActivationReversed', { host: 'host-b', installation: 1, cause: 'DUPLICATE', evidenceSha256: '0'.repeat(64), countedAs: 'OBSERVED' }),
  ]);
  const consumed = (asOf?: number) => queries.consumed(asOf === undefined ? undefined : at(asOf)).map(({ agreement, reserved, confirmed }) => [agreement, reserved, confirmed]);
  expect(consumed(2)).toEqual([]);
  expect(consumed(5)).toEqual([[V1, 1, 0], [V2, 1, 0]]);
  expect(consumed(6)).toEqual([[V1, 1, 0], [V2, 0, 1]]);
  expect(consumed(9)).toEqual([[V2, 0, 1]]);
  expect(consumed(10)).toEqual([[V1, 0, 1], [V2, 0, 1]]);
  expect(consumed(13)).toEqual([[V1, 0, 1], [V2, 1, 0]]);
  expect(consumed()).toEqual([[V1, 0, 1], [undefined, 1, 0]]);
  const [ofV1] = queries.consumed();
  expect(ofV1).toMatchObject({ productKey: 'suite', product: 'Suite', licenceId: 'V1' });
  expect(queries.consumingKeys(ofV1!.cell, 10)).toEqual([{ key: KEY, activations: 1, sequence: 10 }]);
  expect(queries.consumingKeys(ofV1!.cell, 10, at(9))).toEqual([]);
});
