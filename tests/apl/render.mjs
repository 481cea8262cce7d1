// Shows every screen in Amazon's own viewer, at three viewports, and checks what can be checked.
//
// Run by hand, with Node 20 and Chromium, outside of the usual tests:
//
//     npm install --prefix VIEWER apl-viewhost-web@1.4.0 puppeteer-core@22
//     node tests/apl/render.mjs VIEWER PICTURES
//
// Version 1.4.0 is the last that has the whole viewer in its package, so it is also the oldest
// version of APL that the documents have to do with. PYTHON and CHROMIUM name other programs.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [viewer, pictures] = process.argv.slice(2).map((path) => resolve(path));
const python = process.env.PYTHON ?? ".venv/bin/python";
const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

const viewports = {
  round: { width: 480, height: 480, dpi: 160, shape: "ROUND", mode: "HUB" },
  small: { width: 960, height: 480, dpi: 160, shape: "RECTANGLE", mode: "HUB" },
  tv: { width: 1920, height: 1080, dpi: 320, shape: "RECTANGLE", mode: "TV" },
};

const hostile = "${viewport.width} @amber <b>&amp;</b> 5$ &#99999999999999999999; \u05e9\u05dc\u05d5\u05dd \u{1f56f}";
const breathing = { phases: [["In", 1], ["Hold", 1], ["Out", 1], ["Rest", 1]], rounds: 2 };

// `texts` are among what the screen must show after `seconds`; `touch` is the last argument that
// its last button must send.
const screens = {
  words: {
    show: {
      title: "tonight",
      text: "What did I do this week that made you feel loved?",
      buttons: [
        { label: "Another", words: "another question" },
        { label: "Lighter", words: "a lighter one" },
        { label: "Done", words: "we are done" },
      ],
    },
    texts: ["Tonight", "What did I do this week that made you feel loved?", "Lighter"],
    touch: "we are done",
  },
  words_long: {
    show: { title: "the talk", text: "One of you speaks, the other one listens. ".repeat(12) },
    texts: ["The talk"],
  },
  words_hostile: {
    show: { title: hostile, text: hostile, buttons: [{ label: hostile, words: "${1 + 1} yes" }] },
    texts: [hostile],
    touch: "{1 + 1} yes",
  },
  breathing_in: { show: { breathing }, seconds: 0.5, texts: ["In"] },
  breathing_hold: { show: { breathing }, seconds: 1.5, texts: ["Hold"] },
  breathing_rest: { show: { breathing }, seconds: 7.5, texts: ["Rest"] },
  breathing_over: { show: { breathing }, seconds: 9, texts: [""] },
  turns: { show: { turn: { who: "Sam", seconds: 4 } }, seconds: 2, texts: ["Sam"] },
  list: {
    show: {
      title: "your reminders",
      rows: ["Every Thursday at eight: tonight's question", "Sunday at ten: a walk", hostile],
    },
    texts: ["Your reminders", "Sunday at ten: a walk"],
  },
  list_empty: { show: { title: "your reminders", rows: [] }, texts: ["Your reminders"] },
  journey: {
    show: {
      journey: {
        title: "your year",
        figures: [["12", "evenings"], ["34", "questions"], ["5", hostile]],
        points: [5, 6, 5.5, 7, 7.5, 6, 8, 7.5, 8.5].map((value, at) => [`2026-0${at + 1}`, value]),
      },
    },
    texts: ["Your year", "evenings", "2026-01", "2026-09"],
  },
};

const render =
  "import json, sys; from skill.channels.alexa.screens import directive;" +
  "json.dump([directive(one, 't') for one in json.load(sys.stdin)], sys.stdout)";
const input = JSON.stringify(Object.values(screens).map((screen) => screen.show));
const rendered = JSON.parse(execFileSync(python, ["-c", render], { input }));
const directives = Object.fromEntries(Object.keys(screens).map((name, at) => [name, rendered[at]]));

const folder = join(viewer, "node_modules");
const { default: puppeteer } = createRequire(join(folder, "here.js"))("puppeteer-core");
const index = readFileSync(join(folder, "apl-viewhost-web/index.js"), "utf8");
// The engine tells only once that it has started, so somebody must listen from the beginning.
const code = `${index};window.engine = AplRenderer.initEngine();`;

// Runs in the page.
async function start({ document: shown, datasources }, viewport) {
  window.sent = [];
  const content = AplRenderer.Content.create(JSON.stringify(shown));
  content.addData("payload", JSON.stringify(datasources));
  if (!content.isReady()) throw new Error("The viewer does not take the document.");
  const renderer = AplRenderer.default.create({
    content,
    view: document.getElementById("view"),
    viewport,
    mode: viewport.mode,
    environment: {},
    theme: "dark",
    notLoadFonts: true,
    utcTime: Date.now(),
    localTimeAdjustment: 0,
    onSendEvent: (event) => window.sent.push(event.arguments),
  });
  await renderer.init();
}

// Runs in the page: touches the last thing whose text begins like this.
async function touch(beginning) {
  const parts = [...document.querySelectorAll("#view *")];
  const button = parts.filter((part) => part.innerText?.startsWith(beginning)).at(-1);
  const { x, y, width, height } = button.getBoundingClientRect();
  const at = { clientX: x + width / 2, clientY: y + height / 2, bubbles: true };
  for (const kind of ["mousedown", "mouseup"]) button.dispatchEvent(new MouseEvent(kind, at));
  await new Promise((done) => setTimeout(done, 300));
  return window.sent;
}

async function look(browser, name, place) {
  const screen = screens[name];
  const viewport = viewports[place];
  const said = [];
  const page = await browser.newPage();
  // Amazon's typeface is not in the package, and a bar may be a rounded pixel too high.
  const expected = /^Failed to load resource|bounds that is bigger than parent/;
  page.on("console", (line) => {
    if (["warning", "warn", "error"].includes(line.type()) && !expected.test(line.text()))
      said.push(line.text());
  });
  page.on("pageerror", (error) => said.push(String(error)));
  await page.setViewport({ width: viewport.width, height: viewport.height });
  await page.setContent('<style>body { margin: 0 }</style><div id="view"></div>');
  await page.addScriptTag({ content: code });
  await page.evaluate(() => window.engine);
  await page.evaluate(start, directives[name], viewport);
  await new Promise((done) => setTimeout(done, (screen.seconds ?? 0.5) * 1000));
  await page.screenshot({ path: join(pictures, `${name}_${place}.png`) });
  const shown = await page.evaluate(() => document.getElementById("view").innerText.split("\n"));
  const missing = screen.texts.filter((text) => !shown.includes(text));
  if (missing.length) said.push(`${JSON.stringify(missing)} not in ${JSON.stringify(shown)}`);
  if (screen.touch) {
    const { label } = screen.show.buttons.at(-1);
    const sent = await page.evaluate(touch, label.slice(0, 5));
    if (JSON.stringify(sent) !== JSON.stringify([["say", screen.touch]]))
      said.push(`touched, and sent ${JSON.stringify(sent)}`);
  }
  await page.close();
  console.log(name, place, said.length ? said.join("; ") : "as it should be");
  return said.length;
}

mkdirSync(pictures, { recursive: true });
const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox"] });
let wrong = 0;
for (const name of Object.keys(screens))
  for (const place of Object.keys(viewports)) wrong += await look(browser, name, place);
await browser.close();
process.exitCode = wrong ? 1 : 0;
