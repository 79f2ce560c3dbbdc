/** A reason that was given in English, in the words of the page as far as it has them. */
import { reasonIn } from '../reasons.js';
import { useWords } from './wording.js';

export function Reason({ text }: { readonly text: string }) {
  const say = useWords();
  return (
    <>
      {reasonIn(say, text).map(({ words, lang }) =>
        lang === undefined ? (
          words
        ) : (
          <span key={words} lang={lang}>
            {words}
          </span>
        ),
      )}
    </>
  );
}
