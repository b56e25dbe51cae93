// The looks of the report's page, light and dark.

export const style = `
:root{color-scheme:light dark;--page:#f4f5f8;--card:#fff;--edge:#e3e6ec;--text:#18202b;--soft:#66707f;--grid:#e9ecf1;
--accent:#2f62d8;--accent-soft:#2f62d81c;--wave:#4a7be0;--integrated:#c2410c;--good:#18794e;--good-soft:#dff3e8;--warn:#8a5a00;--warn-soft:#fbeecb;
--bad:#c0262d;--bad-soft:#fde3e3;--mark:#8a3ffc}
@media(prefers-color-scheme:dark){:root{--page:#0f1319;--card:#171d26;--edge:#262e3a;--text:#e7ebf1;--soft:#93a0b2;--grid:#232b36;
--accent:#79a6ff;--accent-soft:#79a6ff1f;--wave:#5d8df0;--integrated:#ff9a5c;--good:#6fdba4;--good-soft:#123524;--warn:#f2c667;--warn-soft:#3a2e10;
--bad:#ff8a8a;--bad-soft:#44191c;--mark:#c9a2ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:26px;letter-spacing:-.01em;margin:0 0 2px;overflow-wrap:anywhere}
h2{font-size:15px;margin:0 0 10px}
.facts,.note{color:var(--soft);font-size:13.5px;margin:0 0 18px}
.note{margin:8px 0 0}
section.file+section.file{margin-top:56px;padding-top:36px;border-top:1px solid var(--edge)}
.card{background:var(--card);border:1px solid var(--edge);border-radius:12px;padding:18px 20px;margin-bottom:16px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px;margin-bottom:16px}
.figure{background:var(--card);border:1px solid var(--edge);border-radius:12px;padding:12px 14px}
.figure b{display:block;font-size:25px;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums;line-height:1.25}
.figure b small{font-size:13px;font-weight:500;color:var(--soft);letter-spacing:0;margin-left:3px}
.figure span{color:var(--soft);font-size:12.5px}
.figure.bad b{color:var(--bad)}
svg{display:block;width:100%;height:auto;font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.grid{stroke:var(--grid)}.tick{fill:var(--soft)}
.momentary-area{fill:var(--accent-soft)}.momentary{fill:none;stroke:var(--accent);stroke-opacity:.35}
.short-term{fill:none;stroke:var(--accent);stroke-width:2.2;stroke-linejoin:round}
.integrated{stroke:var(--integrated);stroke-width:1.5}.integrated-name{fill:var(--integrated);font-weight:600}
.target{stroke:var(--soft);stroke-dasharray:4 4;stroke-opacity:.75}.target-name{fill:var(--soft)}
.cursor-line{stroke:var(--soft)}.cursor-text{fill:var(--text);font-weight:600;paint-order:stroke;stroke:var(--card);stroke-width:4px}
.bar{fill:var(--accent);fill-opacity:.28}.bar:hover{fill-opacity:.5}.fine{fill:none;stroke:var(--accent);stroke-width:1.6}
.row{fill:var(--accent-soft);fill-opacity:.45}.wave{fill:var(--wave);stroke:var(--wave);stroke-width:.5}
.clip{stroke:var(--bad);stroke-width:1.6}.over{stroke:var(--integrated);stroke-width:1.6}.full-scale{stroke:var(--bad);stroke-dasharray:3 3;stroke-opacity:.6}
.click{fill:var(--mark);stroke:var(--card)}.silent{fill:var(--soft);fill-opacity:.16}.hum{stroke:var(--mark);stroke-width:1.4;stroke-dasharray:2 3}
.legend{display:flex;flex-wrap:wrap;gap:6px 18px;color:var(--soft);font-size:13px;margin:0 0 6px;padding:0;list-style:none}
.legend i{display:inline-block;width:18px;height:0;border-top:3px solid var(--accent);border-radius:2px;margin-right:7px;vertical-align:middle}
.legend .faint{opacity:.4}.legend .hot{border-color:var(--integrated)}.legend .red{border-color:var(--bad)}.legend .dash{border-top:2px dashed var(--soft)}
.legend .hum-line{border-top:2px dotted var(--mark)}.legend .click-mark{width:0;border:5px solid transparent;border-top:0;border-bottom:9px solid var(--mark);border-radius:0}.legend .still{height:11px;border:0;background:var(--soft);opacity:.35}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:500;color:var(--soft);font-size:12.5px}
th,td{padding:7px 14px 7px 0;border-bottom:1px solid var(--edge);vertical-align:top}
tr:last-child td{border-bottom:0}
td.number,th.number{text-align:right}
.chip{display:inline-block;border-radius:99px;padding:1px 10px;font-size:12.5px;font-weight:600;white-space:nowrap}
.meets{color:var(--good);background:var(--good-soft)}.changed{color:var(--warn);background:var(--warn-soft)}.fails{color:var(--bad);background:var(--bad-soft)}
td a{color:inherit}
.faults-card h2 .chip{margin-left:4px}.faults-card .note{margin:0}.faults td:first-child{white-space:nowrap}.faults td:nth-child(2){min-width:240px}
code{font:12.5px ui-monospace,Consolas,monospace;white-space:nowrap}
.soft{color:var(--soft)}
details summary{cursor:pointer;color:var(--soft);font-size:13.5px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:16px}
@media print{body{background:#fff}.card,.figure{break-inside:avoid}}
`

/** The cursor of the loudness charts: what M and S are where the pointer stands. */
export const script = `
for(const svg of document.querySelectorAll('svg.loudness')){
const{at:[x0,dx],momentary,shortTerm}=JSON.parse(svg.dataset.curves),g=svg.querySelector('.cursor'),l=g.firstChild,t=g.lastChild
const near=(p,s)=>{let b=null;for(const q of p)if(!b||Math.abs(q[0]-s)<Math.abs(b[0]-s))b=q;return b&&Math.abs(b[0]-s)<4?b[1]:undefined}
const say=v=>v===undefined?'':v===null?'−∞':v.toFixed(1).replace('-','−')
svg.addEventListener('pointermove',e=>{const p=new DOMPoint(e.clientX,e.clientY).matrixTransform(svg.getScreenCTM().inverse()),s=(p.x-x0)/dx
const end=momentary.length?momentary[momentary.length-1][0]+1:0
if(s<0||s>end){g.setAttribute('visibility','hidden');return}
l.setAttribute('x1',p.x);l.setAttribute('x2',p.x)
t.textContent=Math.floor(s/60)+':'+(s%60).toFixed(1).padStart(4,'0')+'   M '+say(near(momentary,s))+'   S '+say(near(shortTerm,s))
const right=p.x>760;t.setAttribute('x',p.x+(right?-8:8));t.setAttribute('text-anchor',right?'end':'start');g.setAttribute('visibility','visible')})
svg.addEventListener('pointerleave',()=>g.setAttribute('visibility','hidden'))}
`
