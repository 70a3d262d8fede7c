/** How the router's pages look: light and dark, on a phone and on a desk. */

export const STYLE = `
:root{color-scheme:light dark;--paper:#f4f5f7;--card:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d5dae0;--link:#0757b8;--tone:#57606a}
@media(prefers-color-scheme:dark){:root{--paper:#0f1216;--card:#181c22;--ink:#e8ebef;--soft:#a3acb8;--line:#323943;--link:#85b7ff;--tone:#a3acb8}}
.building{--tone:#8a5a00}.failed{--tone:#b3261e}
@media(prefers-color-scheme:dark){.building{--tone:#f0b849}.failed{--tone:#ff8f87}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100svh;display:grid;place-items:center;padding:min(1.25rem,4vw);background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{position:relative;overflow:hidden;width:100%;max-width:36rem;padding:min(2.25rem,6.5vw);background:var(--card);border:1px solid var(--line);border-radius:12px}
main::before{content:"";position:absolute;inset:0 0 auto;height:4px;background:var(--tone)}
h1{margin:0 0 .75rem;font-size:clamp(1.15rem,5.5vw,1.65rem);line-height:1.25;text-wrap:balance;overflow-wrap:anywhere}
code{display:inline-block;max-width:100%;font:600 .92em/1.3 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--tone)}
p{margin:0}
.sign{display:flex;align-items:center;gap:.55rem;margin:.25rem 0 .75rem;color:var(--tone);font-size:.9rem;font-weight:600}
.sign::before{content:"";flex:none;width:.65rem;height:.65rem;border-radius:50%;background:currentColor}
ul{margin:1.25rem 0 0;padding:0;list-style:none}
li{padding:.6rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
li:last-child{padding-bottom:0}
li>span{display:block;color:var(--soft);font-size:.9rem}
a{display:inline-block;padding:.4rem 0;margin-right:1.25rem;color:var(--link);text-underline-offset:.18em}
a:focus-visible{outline:3px solid var(--link);outline-offset:3px;border-radius:2px}
@media(prefers-reduced-motion:no-preference){.building .sign::before{animation:pulse 1.6s ease-in-out infinite}@keyframes pulse{50%{opacity:.25}}}
`;

/** Of the very text above: the one style that the pages' policy lets in. A test holds the two together. */
export const STYLE_HASH = 'sha256-j1Awiu82Ntzs7Jseq0u8PKAXpCSdARWzA9oLaw7RgZA=';
