import { createUnionType, Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { BulkOutcome, DecidedOutcome, RequestOutcome } from '../../application/requestPort.js';
import { render } from '../../domain/messages/message.js';
import { messageOf } from '../../domain/messages/messages.js';
import type { Judgement as JudgementRow, RuleEffect, RuleOutcome } from '../../domain/rules/judgement.js';
import { CommandRefused, UserError } from '../command/refusal.js';
import type { LedgerContext } from '../context.js';
import { Host } from '../host/type.js';
import { shownHost, shownKey } from '../command/result.js';
import { ProductKey } from '../productKey/type.js';
import { InstantScalar } from '../scalars/instant.js';
import { RuleEffectEnum, RuleOutcomeEnum } from '../rule/type.js';
import { SequenceScalar } from '../scalars/sequence.js';

@ObjectType({ simpleResolvers: true, description: 'A rule\'s answer, stored with the decision it led to.' })
export class Judgement {
  @Field(() => String, { description: 'Id of the rule.' })
  readonly rule: string;

  @Field(() => RuleEffectEnum, { description: 'What it does when violated.' })
  readonly effect: RuleEffect;

  @Field(() => RuleOutcomeEnum, { description: 'What it made of its inputs.' })
  readonly outcome: RuleOutcome;

  @Field(() => [JudgementInput], { description: 'What it was judged on; inputs that are not known are left out.' })
  readonly inputs: readonly JudgementInput[];

  @Field(() => Boolean, { description: 'Whether the one who asked accepted its warning.' })
  readonly accepted: boolean;

  constructor({ rule, effect, outcome, inputs, accepted }: JudgementRow) {
    this.rule = rule;
    this.effect = effect;
    this.outcome = outcome;
    this.inputs = Object.entries(inputs).flatMap(([name, value]) => (value === undefined ? [] : [new JudgementInput(name, String(value))]));
    this.accepted = accepted === true;
  }
}

@ObjectType({ simpleResolvers: true, description: 'One thing a rule was judged on.' })
export class JudgementInput {
  @Field(() => String, { description: 'Its name.' })
  readonly name: string;

  @Field(() => String, { description: 'Its value.' })
  readonly value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
  }
}

@InterfaceType({ description: 'A request that was decided. Granted or denied, it is kept; in a dry run nothing is.' })
export abstract class DecidedRequest {
  readonly outcome: DecidedOutcome;
  readonly context: LedgerContext;

  constructor(outcome: DecidedOutcome, context: LedgerContext) {
    this.outcome = outcome;
    this.context = context;
  }

  @Field(() => ID, { description: 'Id of the request, which further commands name; of an activation, the activation\'s.' })
  get request(): string {
    return this.outcome.request;
  }

  @Field(() => [Judgement], { description: 'What each rule made of it.' })
  get judgements(): readonly Judgement[] {
    return this.outcome.judgements.map((judgement) => new Judgement(judgement));
  }

  @Field(() => SequenceScalar, { nullable: true, description: 'The command\'s last event; null in a dry run.' })
  get sequence(): number | undefined {
    return this.outcome.recorded?.sequence;
  }

  @Field(() => Boolean, { description: 'Whether queries show it already.' })
  get applied(): boolean {
    return this.outcome.recorded?.applied ?? false;
  }

  @Field(() => ProductKey, { nullable: true, description: 'The key concerned, with its counts; null without one, and while queries do not show it.' })
  get productKey(): ProductKey | undefined {
    return shownKey(this.outcome.productKey, this.context);
  }

  @Field(() => Host, { nullable: true, description: 'The host concerned; null while queries do not show it.' })
  get host(): Host | undefined {
    return shownHost(this.outcome.host, this.context);
  }
}

@ObjectType({ implements: DecidedRequest, simpleResolvers: true, description: 'The request is granted.' })
export class RequestGranted extends DecidedRequest {
  @Field(() => InstantScalar, { nullable: true, description: 'When what is reserved for it lapses; null where nothing is.' })
  get expiresAt(): number | undefined {
    const { expiresAt } = this.outcome;
    return expiresAt === undefined ? undefined : Date.parse(expiresAt);
  }
}

@ObjectType({ implements: [DecidedRequest, UserError], simpleResolvers: true, description: 'The request is denied, and recorded with what denied it.' })
export class RequestDenied extends DecidedRequest implements UserError {
  readonly #couldServe: () => readonly ProductKey[];

  constructor(outcome: DecidedOutcome, context: LedgerContext, couldServe: () => readonly ProductKey[] = () => []) {
    super(outcome, context);
    this.#couldServe = couldServe;
  }

  @Field(() => [ProductKey], { description: 'Of a downgrade: the keys in use that no rule about keys speaks against, those with most activations left first.' })
  get keysThatCouldServe(): readonly ProductKey[] {
    return this.#couldServe();
  }

  @Field(() => String, { description: 'Stable code, upper snake case.' })
  get code(): string {
    return this.outcome.denial?.code ?? 'DENIED';
  }

  @Field(() => String, { description: 'A sentence for people.' })
  get message(): string {
    const message = messageOf(this.code);
    return message === undefined ? this.code : render(message, this.outcome.denial?.parameters, this.context.language);
  }

  @Field(() => [String], { description: 'The input fields concerned; empty if none in particular.' })
  get path(): readonly string[] {
    return messageOf(this.code)?.path ?? [];
  }

  @Field(() => [String], { description: 'Ids of the rules that denied it.' })
  get rules(): readonly string[] {
    return this.outcome.judgements.filter(({ outcome, effect }) => outcome === 'VIOLATED' && effect === 'REFUSE').map(({ rule }) => rule);
  }
}

export const RequestResult = createUnionType({
  name: 'RequestResult',
  description: 'Granted, denied, or no request at all.',
  types: () => [RequestGranted, RequestDenied, CommandRefused] as const,
});

/** The answer to a request, in the terms of the API. */
export function requestResult(outcome: RequestOutcome, context: LedgerContext, couldServe?: () => readonly ProductKey[]): RequestGranted | RequestDenied | CommandRefused {
  if (outcome.kind === 'refused') return new CommandRefused(outcome);
  return outcome.kind === 'granted' ? new RequestGranted(outcome, context) : new RequestDenied(outcome, context, couldServe);
}

@ObjectType({ simpleResolvers: true, description: 'The answers to requests that were sent together.' })
export class RequestsAnswered {
  @Field(() => [RequestResult], { description: 'One for each item, in their order.' })
  readonly results: readonly (RequestGranted | RequestDenied | CommandRefused)[];

  @Field(() => Int, { description: 'Items granted.' })
  readonly granted: number;

  @Field(() => Int, { description: 'Items denied.' })
  readonly denied: number;

  @Field(() => Int, { description: 'Items that were no request.' })
  readonly refused: number;

  constructor(outcomes: readonly RequestOutcome[], context: LedgerContext) {
    this.results = outcomes.map((outcome) => requestResult(outcome, context));
    this.granted = outcomes.filter(({ kind }) => kind === 'granted').length;
    this.denied = outcomes.filter(({ kind }) => kind === 'denied').length;
    this.refused = outcomes.filter(({ kind }) => kind === 'refused').length;
  }
}

export const RequestsResult = createUnionType({
  name: 'RequestsResult',
  description: 'An answer to each item, or why none was taken.',
  types: () => [RequestsAnswered, CommandRefused] as const,
});

export function requestsResult(outcome: BulkOutcome<RequestOutcome>, context: LedgerContext): RequestsAnswered | CommandRefused {
  return outcome.kind === 'refused' ? new CommandRefused(outcome) : new RequestsAnswered(outcome.outcomes, context);
}
