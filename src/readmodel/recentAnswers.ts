/** Answers kept of one question. */
const ANSWERS_KEPT_MAX = 8;

/**
 * Keeps the last answers to a question whose answer never changes once its arguments are given, such as one about what is known
 * up to an event: asked again, it costs nothing. Answers are shared: nobody may change them.
 */
export function openRecentAnswers<Arguments extends readonly (string | number)[], Answer>(ask: (...question: Arguments) => Answer): (...question: Arguments) => Answer {
  const kept = new Map<string, Answer>();
  return (...question) => {
    const key = JSON.stringify(question);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const answer = ask(...question);
    const oldest = kept.keys().next();
    if (kept.size >= ANSWERS_KEPT_MAX && oldest.done !== true) kept.delete(oldest.value);
    kept.set(key, answer);
    return answer;
  };
}
