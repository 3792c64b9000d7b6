/** @file How the page looks: on a screen in either theme, and on paper. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b1b1b;--soft:#5c5c5c;--line:#d9d9d9;--ground:#fff;--panel:#f5f5f5;--bad:#b3261e;--fair:#8a5a00;--good:#1c6b3f;--accent:#0b62c4}
@media screen and (prefers-color-scheme:dark){:root{--ink:#ececec;--soft:#a8a8a8;--line:#3a3a3a;--ground:#161616;--panel:#202020;--bad:#ff8a80;--fair:#f0b860;--good:#7ed6a0;--accent:#7db7ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1040px;padding:32px 24px 64px;background:var(--ground);color:var(--ink);font:14px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:26px;margin:0 0 4px}h2{font-size:19px;margin:40px 0 8px;padding-top:16px;border-top:1px solid var(--line)}h3{font-size:14px;margin:20px 0 6px}
p{margin:6px 0;max-width:78ch}.soft,figcaption,th{color:var(--soft)}
ul{margin:6px 0;padding-left:20px;max-width:78ch}
table{border-collapse:collapse;width:100%;margin:8px 0}th{font-weight:500;text-align:left}
th,td{padding:5px 10px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}td.n,th.n{text-align:right}
a{color:var(--accent)}
.verdict{font-weight:600}.cue,.background{color:var(--bad)}.mixed{color:var(--fair)}.object{color:var(--good)}.insufficient{color:var(--soft)}
.row{display:flex;flex-wrap:wrap;gap:8px;margin:6px 0}.pairs{gap:8px 20px}.pair{display:flex;gap:2px}.whole figcaption{white-space:normal}td .soft{white-space:nowrap}
figure{margin:0;width:104px}figcaption{font-size:11px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.pic{position:relative;width:104px;height:104px;background-size:100% 100%;background-color:var(--panel);overflow:hidden;border-radius:4px}
.pic i{position:absolute}.pic .map,.pic .patch{inset:0;background-size:100% 100%}
.box{border:2px solid #fff;outline:1px solid #000}
.bar{position:relative;height:8px;min-width:120px;background:var(--panel);border-radius:4px;margin-top:7px}
.bar i{position:absolute;top:0;bottom:0;border-radius:4px}.bar .range{background:var(--accent);opacity:.35}.bar .mean{width:3px;margin-left:-1px;background:var(--accent)}
.average{width:104px;height:104px;image-rendering:auto;border-radius:4px}
svg.points{width:260px;height:260px;border:1px solid var(--line);border-radius:4px}
.note{border-left:3px solid var(--line);padding:2px 12px;margin:8px 0}
@page{margin:14mm}
@media print{:root{color-scheme:light}figure:has(.pic),.pic{width:78px}.pic{height:78px}p:has(+.row){break-after:avoid}body{padding:0;max-width:none;font-size:11px}section{break-inside:auto}h2,h3{break-after:avoid}figure,tr{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{color:inherit;text-decoration:none}}
`;
