/** The look of every report: readable on a phone and on paper, light or dark as the reader's system is. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1b1f24, #e6e8eb);
  --soft: light-dark(#59616b, #a3abb5);
  --page: light-dark(#ffffff, #15181d);
  --panel: light-dark(#f5f6f8, #1d2127);
  --line: light-dark(#d9dde2, #343a42);
  --link: light-dark(#1a5fb4, #7db4f5);
  --good: light-dark(#1a5fb4, #7db4f5);
  --bad: light-dark(#a8430f, #f0955f);
  --warn: light-dark(#8a4b00, #f2b45c);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 84rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.75rem 0 .5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { max-width: 46rem; margin: .5rem 0; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, button:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.soft { color: var(--soft); }
.banner { border: 2px solid var(--warn); border-radius: .5rem; padding: .6rem .9rem; margin: 1rem 0; max-width: none; }
.banner strong { color: var(--warn); }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .15rem 1rem; padding: 0; margin: .75rem 0 0; font-size: .9rem; }
.lead { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1rem 2rem; align-items: start; margin: 1.25rem 0; }
.lead figure { margin: 0; }
.verdicts { display: grid; gap: .1rem; margin: 0 0 1rem; padding: 1rem 1.1rem; background: var(--panel); border-radius: .6rem; }
.verdicts dt { font-weight: 650; }
.verdicts dd { margin: 0 0 .6rem; font-variant-numeric: tabular-nums; }
.verdicts dd:last-child { margin: 0; }
.verdicts .good { color: var(--good); }
.verdicts .bad { color: var(--bad); }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem 1.5rem; align-items: start; }
.figures.large { grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); }
figure { margin: .75rem 0; min-width: 0; }
figure svg { display: block; width: 100%; max-width: 32rem; height: auto; }
figure.wide svg { width: auto; max-width: none; }
figcaption, .scroll caption { color: var(--soft); font-size: .88rem; }
.scroll { position: relative; overflow-x: auto; margin: 1rem 0 0; }
.scroll tr > :first-child { position: sticky; left: 0; background: var(--page); }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .4rem; }
caption span { display: inline-block; position: sticky; left: 0; max-width: min(46rem, calc(100vw - 2.5rem)); }
.terms { max-width: 60rem; display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; }
.terms dt { font-weight: 600; }
.terms dd { margin: 0; }
.answers { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: .75rem 1.5rem; align-items: start; margin: .75rem 0 0; }
.answers article { border-left: 3px solid var(--line); padding-left: .75rem; min-width: 0; }
.answers h4 { font-size: .95rem; margin: 0; }
.answers p { margin: .15rem 0; font-size: .88rem; }
.said { white-space: pre-wrap; overflow-wrap: anywhere; }
th, td { padding: .28rem .45rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; vertical-align: top; }
.wraps { white-space: normal; min-width: 9rem; }
th { font-weight: 600; }
thead th { border-bottom: 2px solid var(--line); }
.num { text-align: right; }
.gets { font-size: .82rem; margin: .15rem 0 .5rem; }
.gets a, .gets button { margin-right: .75rem; color: var(--link); background: none; border: 0; padding: 0; font: inherit; text-decoration: underline; cursor: pointer; }
details { margin: 1rem 0; }
summary { cursor: pointer; font-weight: 600; }
pre { overflow-x: auto; background: var(--panel); border-radius: .5rem; padding: .75rem 1rem; font-size: .82rem; line-height: 1.45; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line); font-size: .85rem; color: var(--soft); }
@media (max-width: 76rem) {
  .detail { display: none; }
}
@media (max-width: 40rem) {
  .terms { grid-template-columns: 1fr; gap: 0; }
  .terms dd { margin: 0 0 .6rem; }
  main { padding: 1rem 1rem 3rem; }
  h1 { font-size: 1.3rem; }
}
@media print {
  :root { color-scheme: light; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  nav, .gets { display: none; }
  figure, table, .verdicts { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; }
  figure.wide svg { max-width: 100%; }
  table { font-size: 7.5pt; }
  th, td { padding: .15rem .3rem; }
  .detail { display: table-cell; }
  .wraps { min-width: 5.5rem; }
  * { print-color-adjust: exact; }
}
`;
