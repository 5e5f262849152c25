/** The look of the page; it follows the light or dark of the reader's system. */
export const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2024, #e6e8ea); --soft: light-dark(#60656c, #9ba1a8); --line: light-dark(#dfe2e6, #33383e);
  --ground: light-dark(#fff, #15181b); --raised: light-dark(#f5f6f8, #1d2125); --accent: light-dark(#0b6e99, #5cc2ec); }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 19rem minmax(0, 1fr); background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem; border-right: 1px solid var(--line); font-size: 13px; }
nav ul { list-style: none; padding: 0; margin: .5rem 0 1rem; } nav .home { font-weight: 700; font-size: 16px; }
main { padding: 2rem clamp(1rem, 4vw, 3rem) 6rem; max-width: 62rem; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
h1 small { color: var(--soft); font-weight: 400; font-size: 1rem; } h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
h3 { margin: 2.2rem 0 .5rem; font-size: 1.05rem; overflow-wrap: anywhere; } h4 { margin: 1rem 0 .3rem; color: var(--soft); font-size: .85rem; }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code.get { color: light-dark(#16794c, #5dd39e); } code.post { color: light-dark(#9a5b00, #f0b35b); }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; overflow-x: auto; margin: .3rem 0; } pre i { color: var(--soft); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); } th { white-space: nowrap; font-weight: 400; }
em { color: var(--soft); font-size: 12px; } details { margin: .8rem 0; } summary { cursor: pointer; color: var(--accent); }
.failures { color: var(--soft); font-size: 13px; } .failures span { display: block; }
@media (max-width: 800px) { body { display: block; } nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); } th, td { display: inline; border: 0; } td:last-child { display: block; } }
`;
