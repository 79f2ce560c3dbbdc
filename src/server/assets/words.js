// What scripts say, in the language of the page.
{
  const table = JSON.parse(document.querySelector('meta[name="belfry-words"]').content);
  const plurals = new Intl.PluralRules(document.documentElement.lang);
  const numbers = new Intl.NumberFormat(document.documentElement.lang);

  /** The words under a name, in the plural that a number asks for. */
  globalThis.inWords = (name, count = 0) => {
    const forms = table[name];
    return (forms[plurals.select(count)] ?? forms.other).replace('{count}', numbers.format(count));
  };
}
