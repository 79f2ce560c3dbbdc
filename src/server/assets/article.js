// An article's page: copies the citation, and goes back to the list at the place where it was left.
{
  const citation = document.querySelector('#citation');
  const button = document.querySelector('#copy-citation');
  const copied = document.querySelector('#copied');

  /** Browsers give the clipboard to pages over TLS and on this machine; elsewhere a selection is copied in the old way. */
  const copy = async () => {
    const text = citation.textContent.trim();
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    getSelection().selectAllChildren(citation);
    if (!document.execCommand('copy')) throw new Error('the browser refused');
  };

  button.closest('[hidden]').hidden = false;
  button.addEventListener('click', async () => {
    copied.textContent = '';
    try {
      await copy();
      copied.textContent = inWords('copied');
    } catch {
      getSelection().selectAllChildren(citation);
      copied.textContent = inWords('selectedToCopy');
    }
  });

  // list.js keeps where the list had got to; it is gone back to where it is the same list.
  const toList = document.querySelector('#to-list');
  const left = sessionStorage.getItem('belfry-list');
  if (left) {
    const placeless = (address) => {
      const parameters = new URL(address, location.href).searchParams;
      for (const name of ['after', 'limit', 'act', 'asked']) parameters.delete(name);
      parameters.sort();
      return parameters.toString();
    };
    if (placeless(left) === placeless(toList.href)) toList.href = left + new URL(toList.href).hash;
  }
}
