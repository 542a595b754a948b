import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ledgerDecider, type LedgerCommand } from '../../src/domain/ledger/decider.js';
import type { LedgerEvent } from '../../src/domain/ledger/events.js';
import { affiliationOf, levelsBelow, ORGANISATION_LEVELS_MAX, ORGANISATIONS_MAX, withParents, type Organisations } from '../../src/domain/ledger/organisations.js';
import { NOW, specification } from '../support/givenWhenThen.js';

const given = specification(ledgerDecider);

function registered(organisation: string, parent?: string): LedgerEvent {
  return { type: 'OrganisationRegistered', schemaVersion: 1, occurredAt: NOW, data: { organisation, name: `The ${organisation}`, parent } };
}

function moved(organisation: string, parent?: string): LedgerEvent {
  return { type: 'OrganisationMoved', schemaVersion: 1, occurredAt: NOW, data: { organisation, parent } };
}

const register = (organisation: string, parent?: string): LedgerCommand => ({ kind: 'registerOrganisation', organisation, name: `The ${organisation}`, parent });
const move = (organisation: string, parent?: string): LedgerCommand => ({ kind: 'moveOrganisation', organisation, parent });
/** An organisation on each level, the first belonging to none. */
const chain = (levels: number): LedgerEvent[] => Array.from({ length: levels }, (_, level) => registered(`level ${level}`, level === 0 ? undefined : `level ${level - 1}`));

describe('organisations', () => {
  test('are registered once, under a parent that is known', () => {
    given([], register('city')).thenRecorded(registered('city'));
    given([registered('city')], register('school', 'city')).thenRecorded(registered('school', 'city'));
    given([registered('city')], register('city')).thenRefused('ORGANISATION_ALREADY_REGISTERED');
    given([], register('school', 'city')).thenRefused('PARENT_UNKNOWN');
    given([], register('school', 'school')).thenRefused('PARENT_UNKNOWN');
    given([], register('school', 'constructor')).thenRefused('PARENT_UNKNOWN');
  });
  test('have a name', () => given([], { kind: 'registerOrganisation', organisation: 'city', name: ' ' }).thenRefused('ORGANISATION_NAME_MISSING'));
  test('move under another, or under none', () => {
    const log = [registered('city'), registered('region'), registered('school', 'city')];
    given(log, move('school', 'region')).thenRecorded(moved('school', 'region'));
    given(log, move('school')).thenRecorded(moved('school'));
    given([...log, moved('school')], move('school')).thenRecorded();
    given(log, move('school', 'city')).thenRecorded();
  });
  test('do not move where nothing is known', () => {
    given([registered('city')], move('school', 'city')).thenRefused('ORGANISATION_UNKNOWN');
    given([registered('city')], move('city', 'region')).thenRefused('PARENT_UNKNOWN');
  });
  test('never belong to themselves, directly or through others', () => {
    given([registered('city')], move('city', 'city')).thenRefused('ORGANISATION_CYCLE');
    given(chain(3), move('level 0', 'level 1')).thenRefused('ORGANISATION_CYCLE');
    given(chain(3), move('level 0', 'level 2')).thenRefused('ORGANISATION_CYCLE');
    given([...chain(3), moved('level 1')], move('level 0', 'level 2')).thenRecorded(moved('level 0', 'level 2'));
  });
  test('stand on a bounded number of levels, whatever moves', () => {
    const deepest = chain(ORGANISATION_LEVELS_MAX);
    const last = `level ${ORGANISATION_LEVELS_MAX - 1}`;
    given(chain(ORGANISATION_LEVELS_MAX - 1), register(last, `level ${ORGANISATION_LEVELS_MAX - 2}`)).thenRecorded(registered(last, `level ${ORGANISATION_LEVELS_MAX - 2}`));
    given(deepest, register('below', last)).thenRefused('ORGANISATIONS_TOO_DEEP');
    given([...deepest, registered('above')], move('level 0', 'above')).thenRefused('ORGANISATIONS_TOO_DEEP');
    given([...deepest, registered('above')], move('level 1', 'above')).thenRecorded(moved('level 1', 'above'));
  });
  test('are of a bounded number', () => {
    const organisations = Object.fromEntries(Array.from({ length: ORGANISATIONS_MAX }, (_, index) => [`o${index}`, {}]));
    const full = { ...ledgerDecider.initial, organisations };
    expect(ledgerDecider.decide(full, register('one more'), { now: NOW })).toMatchObject({ kind: 'refused', refusal: { code: 'ORGANISATIONS_TOO_MANY' } });
  });
  test('whatever is asked, no organisation is above itself and none is out of reach', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const name = fc.constantFrom(...names);
    const command = fc.oneof(fc.tuple(name, fc.option(name, { nil: undefined })).map(([one, parent]) => register(one, parent)), fc.tuple(name, fc.option(name, { nil: undefined })).map(([one, parent]) => move(one, parent)));
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        let state = ledgerDecider.initial;
        for (const each of commands) {
          const decision = ledgerDecider.decide(state, each, { now: NOW });
          if (decision.kind === 'accepted') for (const event of decision.events) state = ledgerDecider.evolve(state, event);
        }
        for (const organisation of Object.keys(state.organisations)) {
          const parents = withParents(state.organisations, organisation);
          expect(new Set(parents).size).toBe(parents.length);
          expect(state.organisations[String(parents.at(-1))]?.parent).toBeUndefined();
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('affiliation', () => {
  const organisations: Organisations = { city: {}, school: { parent: 'city' }, library: { parent: 'city' }, shop: {} };

  test.each([
    ['school', 'school', 'SAME'],
    ['school', 'city', 'AFFILIATED'],
    ['school', 'library', 'AFFILIATED'],
    ['school', 'shop', 'UNRELATED'],
    ['school', undefined, 'UNKNOWN'],
    [undefined, 'school', 'UNKNOWN'],
    ['school', 'nobody', 'UNKNOWN'],
    ['nobody', 'nobody', 'UNKNOWN'],
  ] as const)('%s and %s: %s', (one, other, affiliation) => expect(affiliationOf(organisations, one, other)).toBe(affiliation));

  test('the levels below an organisation count itself', () => {
    expect(levelsBelow(organisations, 'city')).toBe(2);
    expect(levelsBelow(organisations, 'school')).toBe(1);
  });
});

describe('rules in force', () => {
  const activate = (digest: string): LedgerCommand => ({ kind: 'activateRuleset', digest, configuredRules: ['R-5'], configuredFigures: [] });
  const activated = (digest: string): LedgerEvent => ({ type: 'RulesetActivated', schemaVersion: 1, occurredAt: NOW, data: { digest, configuredRules: ['R-5'], configuredFigures: [] } });

  test('are recorded when they differ from the last', () => {
    given([], activate('one')).thenRecorded(activated('one'));
    given([activated('one')], activate('one')).thenRecorded();
    given([activated('one'), activated('two')], activate('one')).thenRecorded(activated('one'));
  });
});

describe('exports and erasures', () => {
  test('are recorded as they were made', () => {
    const made = { exportId: 'export 1', format: 'NDJSON' as const, fromSequence: 1, toSequence: 9, events: 9, digest: 'digest' };
    given([], { kind: 'completeExport', ...made }).thenRecorded({ type: 'ExportCompleted', schemaVersion: 1, occurredAt: NOW, data: made });
    given([], { kind: 'recordForgotten', subject: 'subject-1' }).thenRecorded({ type: 'SubjectForgotten', schemaVersion: 1, occurredAt: NOW, data: { subject: 'subject-1' } });
  });
});

describe('corrections on the ledger\'s stream', () => {
  const correct = (eventType: string, field: string, value: string): LedgerCommand => ({ kind: 'recordCorrection', event: 'event-1', eventType, field, was: 'The scool', value });

  test('the name of an organisation is corrected', () => {
    const data = { event: 'event-1', eventType: 'OrganisationRegistered', field: 'name', was: 'The scool', value: 'The school' };
    given([registered('school')], correct('OrganisationRegistered', 'name', 'The school')).thenRecorded({ type: 'CorrectionRecorded', schemaVersion: 1, occurredAt: NOW, data });
  });
  test('nothing else is', () => {
    given([], correct('OrganisationRegistered', 'parent', 'city')).thenRefused('FIELD_NOT_CORRECTABLE');
    given([], correct('ImportFinished', 'recordsRead', 'many')).thenRefused('FIELD_NOT_CORRECTABLE');
    given([], correct('OrganisationRegistered', 'name', '')).thenRefused('CORRECTED_VALUE_UNFIT');
  });
});
