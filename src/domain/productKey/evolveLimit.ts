import type { LimitKind } from '../vocabulary.js';
import type { ProductKeyEvent } from './events.js';
import type { Increase, ProductKeyState } from './state.js';

/** The key's limits and the increases under way after an event. */
export function evolveLimit(state: ProductKeyState, event: ProductKeyEvent): ProductKeyState {
  switch (event.type) {
    case 'LimitRevised':
      return withLimit(state, event.data.kind, event.data.limit);
    case 'LimitIncreaseRequested':
      return withIncrease(state, event.data.kind, { increase: event.data.increase, is: 'REQUESTED' });
    case 'LimitIncreaseSubmitted':
      return onIncrease(state, event.data.increase, { increase: event.data.increase, is: 'SUBMITTED' });
    case 'LimitIncreaseGranted': {
      const { increase, kind, quantity, limit } = event.data;
      const next = withLimit(onIncrease(state, increase, undefined), kind, limit);
      if (kind !== 'MAK_ACTIVATIONS') return next;
      return { ...next, unconfirmed: [...next.unconfirmed, { increase, quantity, at: event.occurredAt }] };
    }
    case 'LimitIncreaseRefused':
    case 'LimitIncreaseWithdrawn':
      return onIncrease(state, event.data.increase, undefined);
    case 'LimitIncreaseConfirmed': {
      const { increase } = event.data;
      return { ...state, unconfirmed: state.unconfirmed.filter((grant) => grant.increase !== increase) };
    }
    default:
      return state;
  }
}

function withLimit(state: ProductKeyState, kind: LimitKind, limit: number): ProductKeyState {
  return kind === 'MAK_ACTIVATIONS' ? { ...state, allowed: limit } : { ...state, limits: { ...state.limits, [kind]: limit } };
}

function withIncrease(state: ProductKeyState, kind: LimitKind, increase: Increase | undefined): ProductKeyState {
  return { ...state, increases: { ...state.increases, [kind]: increase } };
}

function onIncrease(state: ProductKeyState, increase: string, next: Increase | undefined): ProductKeyState {
  const kind = kindOfIncrease(state, increase);
  return kind === undefined ? state : withIncrease(state, kind, next);
}

/** The limit an open increase is about. */
export function kindOfIncrease(state: ProductKeyState, increase: string): LimitKind | undefined {
  return INCREASABLE.find((kind) => state.increases[kind]?.increase === increase);
}

const INCREASABLE: readonly LimitKind[] = ['MAK_ACTIVATIONS', 'KMS_HOST_SLOTS', 'KMS_REACTIVATIONS'];
