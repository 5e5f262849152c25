// Runs before the first paint and is no module on purpose: modules wait for the document, and a stored theme would flash.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('varve.theme');
  } catch {
    // Storage can be forbidden; then the system decides.
  }
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : dark ? 'dark' : 'light';
})();
