// One key presses one control: each says in aria-keyshortcuts which key is its own. Nothing needs a key.
{
  const SETTING = 'belfry-keys';
  const legend = document.querySelector('.keys');
  const choice = document.querySelector('#use-keys');
  let inUse = localStorage.getItem(SETTING) !== 'off';

  const show = () => {
    document.documentElement.classList.toggle('with-keys', inUse);
    if (choice) choice.checked = inUse;
  };
  if (legend) legend.hidden = false;
  choice?.addEventListener('change', () => {
    inUse = choice.checked;
    localStorage.setItem(SETTING, inUse ? 'on' : 'off');
    show();
  });
  show();

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    const field = event.target instanceof Element && event.target.closest('input, select, textarea, [contenteditable]');
    if (field && field.type !== 'checkbox') {
      if (event.key === 'Escape') field.blur();
      return;
    }
    if (!inUse) return;
    // What a page's own script does with a key comes first.
    const offered = new CustomEvent('belfry:key', { cancelable: true, detail: { key: event.key } });
    if (!document.dispatchEvent(offered)) {
      event.preventDefault();
      return;
    }
    if (event.repeat) return;
    const control = document.querySelector(`[aria-keyshortcuts="${CSS.escape(event.key)}"]`);
    if (!control || control.closest('[hidden]')) return;
    event.preventDefault();
    if (control.matches('select')) {
      control.focus();
      control.showPicker?.();
    } else control.click();
  });
}
