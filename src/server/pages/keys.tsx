/** Which keys a page knows; the script shows it, since without the script there are none. */
import { useWords } from './wording.js';
/** Key and what it does, in the order of use. */
export type Key = readonly [key: string, does: string];

/** Single keys can get in the way of speech input and of assistive keys: they can be turned off (WCAG 2.1.4). */
export function Keys({ keys }: { readonly keys: readonly Key[] }) {
  const say = useWords();
  return (
    <section class="keys" aria-labelledby="keys" hidden>
      <h2 id="keys">{say.keys.title}</h2>
      <dl>
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p>
        <label>
          <input type="checkbox" id="use-keys" /> {say.keys.use}
        </label>
      </p>
    </section>
  );
}
