/** Answers that may be some seconds old, so that a page that is reloaded often doesn't count the whole store each time. */

/** Asks once in `seconds`; all who ask meanwhile share the answer. A failure is not remembered. */
export function remember<Answer>(seconds: number, ask: () => Promise<Answer>): () => Promise<Answer> {
  let last: { readonly answer: Promise<Answer>; readonly until: number } | undefined;
  return () => {
    const now = performance.now();
    if (last && now < last.until) return last.answer;
    const answer = ask();
    const asked = { answer, until: now + seconds * 1000 };
    last = asked;
    answer.catch(() => {
      if (last === asked) last = undefined;
    });
    return answer;
  };
}
