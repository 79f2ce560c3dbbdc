// One key accepts (a) or rejects (r) what the page shows; the buttons do the same without this script.
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target instanceof Element && event.target.closest('input, select, textarea, [contenteditable]')) return;
  document.querySelector(`button[aria-keyshortcuts="${CSS.escape(event.key)}"]`)?.click();
});
