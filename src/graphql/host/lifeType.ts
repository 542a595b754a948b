import { Field, Int, ObjectType } from 'type-graphql';
import type { InstallationCause, InstallationLife, MethodChange as MethodChangeRow } from '../../../projections/hostStatus.js';
import type { InstallationStatus } from '../../domain/host/licenceState.js';
import type { StatusEffect, StatusReason as StatusReasonRow } from '../../domain/host/whyStatus.js';
import type { ActivationMethod } from '../../domain/vocabulary.js';
import type { StoredEvent } from '../../kernel/envelope.js';
import { describedEnum } from '../describedEnum.js';
import { LedgerEvent } from '../event/type.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { ActivationMethodEnum, InstallationStatusEnum } from '../vocabulary.js';

export const InstallationCauseEnum = describedEnum<InstallationCause>('InstallationCause', 'What began or ended an installation.', {
  REIMAGING: 'A reimaging was completed.',
  DOWNGRADE: 'A downgrade was completed.',
  REVERT: 'A downgraded host went back up.',
  RETIREMENT: 'The host was retired.',
  EARLIER_EVIDENCE: 'It was first seen in evidence older than the start of the installation that had replaced it.',
});

export const StatusEffectEnum = describedEnum<StatusEffect>('StatusEffect', 'What an event did to the status of an installation.', {
  STARTED: 'It began the installation.',
  STATE_CHANGED: 'It showed another state than the evidence before it.',
  NEWEST_EVIDENCE: 'It is the newest evidence, which shows the same state.',
  LAST_FAILURE: 'It is the last attempt that failed.',
  METHOD_CHANGED: 'It changed how the installation is activated.',
  ENDED: 'It ended the installation.',
  TIME_PASSED: 'No event: the time of the state before ran out.',
});

@ObjectType({ simpleResolvers: true, description: 'How an installation began or ended.' })
export class InstallationTurn {
  @Field(() => InstantScalar, { description: 'When.' })
  readonly at: number;

  @Field(() => InstallationCauseEnum, { description: 'By what.' })
  readonly cause: InstallationCause;

  @Field(() => SequenceScalar, { description: 'The event that tells it.' })
  readonly sequence: number;

  /** Its request, for the field of that name. */
  readonly requestId: string | undefined;

  constructor(turn: NonNullable<InstallationLife['started']>) {
    this.at = turn.at;
    this.cause = turn.by;
    this.sequence = turn.sequence;
    this.requestId = turn.request;
  }
}

@ObjectType({ simpleResolvers: true, description: 'An installation was to be activated in another way from then on.' })
export class MethodChange {
  @Field(() => Int, { description: 'Number of the installation.' })
  readonly installation: number;

  @Field(() => ActivationMethodEnum, { nullable: true, description: 'How it was activated, where known.' })
  readonly from: ActivationMethod | undefined;

  @Field(() => ActivationMethodEnum, { description: 'How it was to be.' })
  readonly to: ActivationMethod;

  @Field(() => InstantScalar, { description: 'When.' })
  readonly at: number;

  @Field(() => SequenceScalar, { description: 'The event that recorded it.' })
  readonly sequence: number;

  constructor(row: MethodChangeRow) {
    this.installation = row.installation;
    this.from = row.from;
    this.to = row.to;
    this.at = row.at;
    this.sequence = row.sequence;
  }
}

@ObjectType({ simpleResolvers: true, description: 'One reason for the status of an installation.' })
export class StatusReason {
  @Field(() => StatusEffectEnum, { description: 'What it did.' })
  readonly effect: StatusEffect;

  @Field(() => InstantScalar, { description: 'When it happened.' })
  readonly at: number;

  @Field(() => InstallationStatusEnum, { description: 'The status with it.' })
  readonly status: InstallationStatus;

  @Field(() => LedgerEvent, { nullable: true, description: 'The event; null for what time alone has done.' })
  readonly event: LedgerEvent | undefined;

  constructor(row: StatusReasonRow, stored: StoredEvent | undefined) {
    this.effect = row.effect;
    this.at = row.at;
    this.status = row.status;
    this.event = stored && new LedgerEvent(stored);
  }
}
