import { describe, test } from 'vitest';
import type { ProductKeyCommand } from '../../src/domain/productKey/commands.js';
import { NOW } from '../support/givenWhenThen.js';
import {
  confirmed,
  EARLIER,
  event,
  EVIDENCE,
  EXPIRED,
  EXPIRES,
  given,
  HOST,
  lapsed,
  lost,
  observe,
  ONE,
  OTHER,
  registered,
  report,
  reported,
  request,
  requested,
  reserved,
  ruled,
  seen,
  TWO,
  YESTERDAY,
} from './productKeySupport.js';

const confirm = (more: object = {}): ProductKeyCommand => ({ kind: 'confirmActivation', activation: ONE, ...more });
const release = (more: object = {}): ProductKeyCommand => ({ kind: 'releaseActivation', activation: ONE, cause: 'CANCELLED', ...more });
const fail = (hresult: string): ProductKeyCommand => ({ kind: 'failActivation', activation: ONE, hresult });
const failed = (hresult: string) => event('ActivationFailed', { activation: ONE, hresult });

describe('product key: an activation is confirmed', () => {
  test('by the one who asked, once', () => {
    given([registered(), ...reserved()], confirm()).thenRecorded(confirmed());
    given([registered(), ...reserved(), confirmed()], confirm()).thenRecorded();
  });
  test('with its installation, its hardware, and whether its confirmation id is kept', () => {
    const more = { installation: 2, confirmationIdStored: true, hardware: 'board-7' };
    given([registered(), ...reserved()], confirm({ ...more, occurredAt: YESTERDAY })).thenRecorded(confirmed(more, YESTERDAY));
    given([registered(), ...reserved({ installation: 4 })], confirm()).thenRecorded(confirmed({ installation: 4 }));
  });
  test('on an installation there can be', () => {
    for (const installation of [0, -1, 1.5]) {
      given([registered(), ...reserved()], confirm({ installation })).thenRefused('INSTALLATION_UNKNOWN');
      given([registered(), ...reserved(), confirmed()], confirm({ installation })).thenRefused('INSTALLATION_UNKNOWN');
    }
  });
  test('on a key that is blocked, retired or overrun', () => {
    given([registered(), ...reserved(), event('ProductKeyBlocked', { blockedBy: 'MICROSOFT' })], confirm()).thenRecorded(confirmed());
    given([registered({ allowed: 1 }), ...reserved(), seen({ installation: 7 })], confirm()).thenRecorded(confirmed());
  });
  test('late: as observed, even over the limit', () => {
    const late = confirmed({ confirmedBy: 'LATE', countsAs: 'OBSERVED' });
    given([registered(), ...reserved({ expiresAt: EXPIRED })], confirm()).thenRecorded(lapsed(), late);
    given([registered({ allowed: 1 }), ...reserved({ expiresAt: EXPIRED }), lapsed(), seen({ installation: 7 }, EARLIER)], confirm()).thenRecorded(late);
    given([registered(), ...reserved({ expiresAt: EXPIRED }), lapsed(), late], confirm()).thenRecorded();
  });
  test('late, and seen in between: it is counted already', () => {
    const before = [registered(), ...reserved({ expiresAt: EXPIRED }), lapsed(), seen({ installation: 2 })];
    given(before, confirm()).thenRecorded();
    given(before, confirm({ installation: 2 })).thenRecorded();
  });
  test('late, and seen before the newer installation that was begun for it is told: that one goes on with it, and it counts once', () => {
    const before = [registered(), ...reserved({ purpose: 'REIMAGING', expiresAt: EXPIRED }), lapsed(), seen({}, EXPIRED)];
    const goesOn = event('ActivationCarriedOver', { host: HOST, fromInstallation: 1, toInstallation: 2, activation: ONE });
    given(before, confirm({ installation: 2 })).thenRecorded(goesOn);
    given(before, confirm({ installation: 2, consumption: 'UNKNOWN' })).thenRecorded(goesOn);
    given(before, confirm({ installation: 2, occurredAt: YESTERDAY })).thenRecorded({ ...goesOn, occurredAt: EXPIRED });
    given([...before, goesOn], confirm({ installation: 2 })).thenRecorded();
    given([...before, goesOn], observe(NOW, 2)).thenRecorded();
    given([...before, goesOn], fail('0xC004F074')).thenRefused('ACTIVATION_NOT_OPEN');
    given([...before, goesOn], { kind: 'reverseActivation', activation: ONE, cause: 'DUPLICATE', evidenceSha256: EVIDENCE }).thenRecorded(
      event('ActivationReversed', { activation: ONE, cause: 'DUPLICATE', evidenceSha256: EVIDENCE, countedAs: 'OBSERVED' }),
    );
    // One sight is one activation: another that was asked for and has lapsed is not the same.
    const another = [...reserved({ activation: TWO, installation: 3, expiresAt: EXPIRED }), lapsed(TWO)];
    given([...before, ...another, goesOn], confirm({ activation: TWO })).thenRecorded(confirmed({ activation: TWO, installation: 3, confirmedBy: 'LATE', countsAs: 'OBSERVED' }));
  });
  test('late, of a named installation, and seen on another: those are two', () => {
    const before = [registered(), ...reserved({ installation: 3, expiresAt: EXPIRED }), lapsed(), seen({}, EXPIRED)];
    given(before, confirm()).thenRecorded(confirmed({ installation: 3, confirmedBy: 'LATE', countsAs: 'OBSERVED' }));
  });
  test('and whether it was consumed only a reimaging may leave open', () => {
    const unknown = confirmed({ consumption: 'UNKNOWN', countsAs: 'UNCERTAIN' });
    given([registered(), ...reserved({ purpose: 'REIMAGING' })], confirm({ consumption: 'UNKNOWN' })).thenRecorded(unknown);
    given([registered(), ...reserved({ purpose: 'REIMAGING', expiresAt: EXPIRED })], confirm({ consumption: 'UNKNOWN' })).thenRecorded(
      lapsed(),
      confirmed({ consumption: 'UNKNOWN', countsAs: 'UNCERTAIN', confirmedBy: 'LATE' }),
    );
    given([registered(), ...reserved()], confirm({ consumption: 'UNKNOWN' })).thenRefused('CONSUMPTION_LEFT_OPEN');
  });
  test('only if it was granted and has not ended', () => {
    given([registered()], confirm()).thenRefused('ACTIVATION_NOT_OPEN');
    given([registered(), ...reserved(), failed('0xC004F074')], confirm()).thenRefused('ACTIVATION_NOT_OPEN');
    given([registered(), ...reserved(), event('ActivationReleased', { activation: ONE, cause: 'CANCELLED' })], confirm()).thenRefused('ACTIVATION_NOT_OPEN');
    const refusal = event('ActivationRefused', { activation: ONE, code: 'LIMIT_REACHED', parameters: {}, decision: ruled(0, 0) });
    given([registered({ allowed: 0 }), requested(), refusal], confirm()).thenRefused('ACTIVATION_NOT_OPEN');
  });
});

describe('product key: an activation asked for is seen', () => {
  const byObservation = confirmed({ installation: 1, confirmedBy: 'OBSERVATION' });

  test('which confirms its reservation and counts it once', () => {
    given([registered(), ...reserved()], observe()).thenRecorded(byObservation);
    given([registered(), ...reserved({ installation: 1 })], observe()).thenRecorded(byObservation);
    given([registered(), ...reserved(), byObservation], observe()).thenRecorded();
    given([registered(), ...reserved(), byObservation], confirm()).thenRecorded();
  });
  test('after it was lost on the same installation', () =>
    given([registered(), seen({}, EARLIER), lost(YESTERDAY), ...reserved({ installation: 1 })], observe()).thenRecorded(byObservation));
  test('not by what was seen before it was asked for, on another installation, host, or an installation that had one', () => {
    given([registered(), ...reserved()], observe(EARLIER)).thenRecorded(seen({}, EARLIER));
    given([registered(), ...reserved({ installation: 2 })], observe()).thenRecorded(seen());
    given([registered(), ...reserved()], observe(NOW, 1, OTHER)).thenRecorded(seen({ host: OTHER }));
    given([registered(), seen({}, EARLIER), ...reserved({ installation: 1 })], observe()).thenRecorded();
  });
  test('after it was confirmed without its installation: it is placed, and counted already', () => {
    const placed = seen({ countsAs: 'ALREADY_COUNTED', activation: ONE });
    given([registered(), ...reserved(), confirmed()], observe()).thenRecorded(placed);
    given([registered(), ...reserved(), confirmed(), placed], observe()).thenRecorded();
    given([registered(), ...reserved(), confirmed(), placed], observe(NOW, 2)).thenRecorded(seen({ installation: 2 }));
  });
  test('before the newer installation that was begun for it is told: that one goes on with it, once', () => {
    const before = [registered(), ...reserved({ purpose: 'REIMAGING' }), byObservation];
    const goesOn = event('ActivationCarriedOver', { host: HOST, fromInstallation: 1, toInstallation: 2 });
    given(before, confirm({ installation: 2, occurredAt: NOW })).thenRecorded(goesOn);
    given(before, confirm({ installation: 2, occurredAt: YESTERDAY })).thenRecorded(goesOn);
    given([...before, goesOn], confirm({ installation: 2 })).thenRecorded();
    given([...before, goesOn], confirm({ installation: 1 })).thenRecorded();
    given([...before, goesOn], observe(NOW, 2)).thenRecorded();
    given([...before, goesOn], observe(NOW, 1)).thenRecorded();
    given([...before, seen({ installation: 2 })], confirm({ installation: 2 })).thenRecorded();
  });
  test('after it has lapsed: as observed', () =>
    given([registered(), ...reserved({ expiresAt: EXPIRED })], observe()).thenRecorded(lapsed(), seen()));
  test('with a key that is no MAK: nothing counts', () => given([registered({ kind: 'KMS_HOST' })], observe()).thenRecorded());
});

describe('product key: an activation fails', () => {
  test('and its reservation is free again', () => {
    given([registered(), ...reserved()], fail('0xc004f074')).thenRecorded(failed('0xC004F074'));
    given([registered({ allowed: 1 }), ...reserved(), failed('0xC004F074')], request({ activation: TWO })).thenRecorded(
      requested({ activation: TWO }),
      event('ActivationGranted', { activation: TWO, expiresAt: EXPIRES, decision: ruled(0, 1) }),
    );
  });
  test('because the limit is exceeded, which says that nothing remains', () => {
    const nothing = event('RemainingActivationsObserved', { remaining: 0, evidence: 'API', errorCode: '0xC004C020' });
    given([registered(), ...reserved()], fail('0xC004C020')).thenRecorded(failed('0xC004C020'), nothing);
    given([registered(), ...reserved({ expiresAt: EXPIRED })], fail('0xC004C020')).thenRecorded(lapsed(), nothing);
  });
  test.each(['C004F074', '0xC004F07', '0xC004F074Z'])('with an error that can be read, which %s cannot', (hresult) =>
    given([registered(), ...reserved()], fail(hresult)).thenRefused('HRESULT_MALFORMED'));
  test('only while it is open', () => {
    given([registered()], fail('0xC004F074')).thenRefused('ACTIVATION_NOT_OPEN');
    given([registered(), ...reserved(), confirmed()], fail('0xC004F074')).thenRefused('ACTIVATION_NOT_OPEN');
    given([registered(), ...reserved({ expiresAt: EXPIRED }), lapsed()], fail('0xC004F074')).thenRecorded();
  });
});

describe('product key: a reservation is released', () => {
  const released = (cause: 'CANCELLED' | 'HOST_RETIRED' | 'NOT_CONSUMED', activation = ONE, more: object = {}) =>
    event('ActivationReleased', { activation, cause, ...more });
  const carriedOver = { fromInstallation: 1, toInstallation: 2 };

  test('when it is cancelled, once', () => {
    given([registered(), ...reserved()], release()).thenRecorded(released('CANCELLED'));
    given([registered(), ...reserved(), released('CANCELLED')], release()).thenRefused('ACTIVATION_NOT_OPEN');
    given([registered(), ...reserved({ expiresAt: EXPIRED }), lapsed()], release()).thenRecorded();
    given([registered(), ...reserved(), confirmed()], release()).thenRefused('ACTIVATION_NOT_OPEN');
  });
  test('when its host is retired, and no other host\'s', () => {
    const before = [registered(), ...reserved(), ...reserved({ activation: TWO, installation: 3 }), ...reserved({ activation: 'three', host: OTHER })];
    given(before, { kind: 'releaseHost', host: HOST }).thenRecorded(released('HOST_RETIRED', TWO), released('HOST_RETIRED'));
    given([registered()], { kind: 'releaseHost', host: HOST }).thenRecorded();
  });
  test('when a reimaging consumed none: the new installation goes on with the old activation', () => {
    const end = released('NOT_CONSUMED', ONE, { carriedOver });
    const before = [registered(), seen({}, EARLIER), ...reserved({ purpose: 'REIMAGING' })];
    given(before, release({ cause: 'NOT_CONSUMED', carriedOver })).thenRecorded(end);
    given([...before, end], observe(NOW, 2)).thenRecorded();
    given([...before, end], observe(EARLIER, 1)).thenRecorded();
    given([...before, end], observe(NOW, 3)).thenRecorded(seen({ installation: 3 }));
  });
  test('for the time the reimaging ended, whenever that is told', () => {
    const told = { cause: 'NOT_CONSUMED', carriedOver, occurredAt: YESTERDAY };
    const before = [registered(), seen({}, EARLIER), ...reserved({ purpose: 'REIMAGING' })];
    given(before, release(told)).thenRecorded(event('ActivationReleased', { activation: ONE, cause: 'NOT_CONSUMED', carriedOver }, YESTERDAY));
    const carried = event('ActivationCarriedOver', { host: HOST, ...carriedOver }, YESTERDAY);
    given([registered(), seen({}, EARLIER)], { kind: 'carryOverActivation', host: HOST, ...carriedOver, occurredAt: YESTERDAY }).thenRecorded(carried);
    // Seen with the old installation after that: the record that it went on is no loss before the sight.
    given([registered(), seen({}, NOW), carried], observe(NOW, 1)).thenRecorded();
  });
  test('and what a reimaging carried over holds also when nothing was reserved, or it had lapsed', () => {
    const carried = event('ActivationCarriedOver', { host: HOST, ...carriedOver });
    const before = [registered(), seen({}, EARLIER)];
    given(before, { kind: 'carryOverActivation', host: HOST, ...carriedOver }).thenRecorded(carried);
    given([...before, carried], { kind: 'carryOverActivation', host: HOST, ...carriedOver }).thenRecorded();
    given([...before, carried], observe(NOW, 2)).thenRecorded();
    const lapse = [...reserved({ purpose: 'REIMAGING', expiresAt: EXPIRED }), lapsed()];
    given([...before, ...lapse], release({ cause: 'NOT_CONSUMED', carriedOver })).thenRecorded(carried);
    given([registered(), carried], observe(EARLIER, 1)).thenRecorded(seen({}, EARLIER));
  });
});

describe('product key: an activation is reversed', () => {
  const reverse = (more: object): ProductKeyCommand => ({ kind: 'reverseActivation', cause: 'DUPLICATE', evidenceSha256: EVIDENCE, ...more });
  const reversed = (more: object) => event('ActivationReversed', { cause: 'DUPLICATE', evidenceSha256: EVIDENCE, countedAs: 'OBSERVED', ...more } as never);
  const place = { host: HOST, installation: 1 };

  test('by its id or by its installation, in the class it counted in', () => {
    given([registered(), seen()], reverse(place)).thenRecorded(reversed(place));
    given([registered(), ...reserved(), confirmed()], reverse({ activation: ONE })).thenRecorded(reversed({ activation: ONE, countedAs: 'CONFIRMED' }));
    given([registered(), ...reserved(), confirmed({ installation: 1 })], reverse(place)).thenRecorded(reversed({ ...place, countedAs: 'CONFIRMED' }));
    given([registered(), seen({}, EARLIER), lost(YESTERDAY), seen({ countsAs: 'UNCERTAIN' })], reverse(place)).thenRecorded(reversed({ ...place, countedAs: 'UNCERTAIN' }));
  });
  test('once', () => {
    given([registered(), seen(), reversed(place)], reverse(place)).thenRefused('ACTIVATION_NOT_COUNTED');
    given([registered(), ...reserved(), confirmed(), reversed({ activation: ONE, countedAs: 'CONFIRMED' })], reverse({ activation: ONE })).thenRefused('ACTIVATION_NOT_COUNTED');
  });
  test('only with evidence', () => {
    given([registered(), seen()], reverse({ ...place, evidenceSha256: EVIDENCE.toUpperCase() })).thenRecorded(reversed(place));
    given([registered(), seen()], reverse({ ...place, evidenceSha256: '' })).thenRefused('EVIDENCE_NEEDED');
    given([registered(), seen()], reverse({ ...place, evidenceSha256: 'letter.pdf' })).thenRefused('EVIDENCE_NEEDED');
  });
  test('only if it counts', () => {
    given([registered()], reverse(place)).thenRefused('ACTIVATION_NOT_COUNTED');
    given([registered(), ...reserved()], reverse({ activation: ONE })).thenRefused('ACTIVATION_NOT_COUNTED');
  });
  test('and what it had moved out of the opening balance goes back, unless Microsoft credited it', () => {
    const opening = { count: 5, asOf: YESTERDAY, source: 'portal', alreadyObserved: 0 };
    const before = [registered({ opening }), seen({ countsAs: 'MOVED_FROM_OPENING' }, EARLIER)];
    given(before, reverse(place)).thenRecorded(reversed({ ...place, countedAs: 'MOVED_FROM_OPENING' }));
    given(before, reverse({ ...place, cause: 'CREDITED' })).thenRecorded(reversed({ ...place, cause: 'CREDITED' }));
  });
  test('seen again, a duplicate is the same one; what was recorded wrongly counts if it is seen anew', () => {
    given([registered(), seen({}, YESTERDAY), reversed(place)], observe()).thenRecorded();
    const wrong = event('ActivationReversed', { ...place, cause: 'RECORDED_WRONGLY', evidenceSha256: EVIDENCE, countedAs: 'OBSERVED' }, YESTERDAY);
    given([registered(), seen({}, EARLIER), wrong], observe()).thenRecorded(seen());
    given([registered(), seen({}, EARLIER), wrong], observe(EARLIER)).thenRecorded();
  });
});

describe('product key: an uncertain activation', () => {
  const place = { host: HOST, installation: 1 };
  const uncertain = [registered(), seen({}, EARLIER), lost(EARLIER), seen({ countsAs: 'UNCERTAIN' }, YESTERDAY)];
  const resolve = (consumed: boolean, name: object = place): ProductKeyCommand => ({ kind: 'resolveConsumption', consumed, ...name });
  const resolved = (consumed: boolean, basis: 'STATEMENT' | 'REPORTS', name: object = place) => event('ActivationConsumptionResolved', { ...name, consumed, basis });

  test('is settled by a statement, once', () => {
    given(uncertain, resolve(true)).thenRecorded(resolved(true, 'STATEMENT'));
    given(uncertain, resolve(false)).thenRecorded(resolved(false, 'STATEMENT'));
    given([...uncertain, resolved(false, 'STATEMENT')], resolve(true)).thenRefused('ACTIVATION_NOT_UNCERTAIN');
    given([registered(), seen()], resolve(true)).thenRefused('ACTIVATION_NOT_UNCERTAIN');
  });
  test('that was asked for is settled by its id', () => {
    const before = [registered(), ...reserved({ purpose: 'REIMAGING' }), confirmed({ installation: 1, consumption: 'UNKNOWN', countsAs: 'UNCERTAIN' })];
    given(before, resolve(true, { activation: ONE })).thenRecorded(resolved(true, 'STATEMENT', { activation: ONE }));
    given(before, resolve(true)).thenRecorded(resolved(true, 'STATEMENT', { activation: ONE }));
  });
  test('is settled by two reports that leave no other explanation', () => {
    const between = [registered(), seen({}, EARLIER), lost(EARLIER), reported(49, EARLIER), seen({ countsAs: 'UNCERTAIN' }, YESTERDAY)];
    given(between, report(48)).thenRecorded(reported(48), resolved(true, 'REPORTS'));
    given(between, report(49)).thenRecorded(reported(49), resolved(false, 'REPORTS'));
  });
  test('is not settled by a report where something else is unexplained', () => {
    const before = [registered(), seen({}, EARLIER), lost(EARLIER)];
    const second = seen({ countsAs: 'UNCERTAIN' }, YESTERDAY);
    given([...before, reported(49, EARLIER), second], report(47)).thenRecorded(reported(47));
    given([...before, reported(48, EARLIER), second], report(48)).thenRecorded(reported(48));
    given([...before, second], report(48)).thenRecorded(reported(48));
    given([...before, reported(49, EARLIER), second, ...reserved({ host: OTHER })], report(48)).thenRecorded(reported(48));
    given([...before, reported(49, EARLIER), second, seen({ host: OTHER, countsAs: 'UNCERTAIN' }, YESTERDAY)], report(47)).thenRecorded(reported(47));
    given([...before, reported(49, EARLIER), second], report(48, EARLIER)).thenRecorded(reported(48, EARLIER));
  });
});
