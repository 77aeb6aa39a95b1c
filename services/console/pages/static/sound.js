// Lets alarms that nobody has be heard: once when one comes, and an urgent one again and again until somebody has
// it. It sounds only where a person switched it on, and says plainly when it cannot: before the tap that browsers
// ask for after each loading, and while the line is lost. Everything it knows it reads from the page.

// Pulses as alarm signals have them (after IEC 60601-1-8): the graver, the more, the faster, the higher.
const PULSES = {
  high: { starts: [0, 0.3, 0.6, 1.1, 1.4, 2.4, 2.7, 3, 3.5, 3.8], lasts: 0.16, notes: [659, 659, 659, 880, 880] },
  medium: { starts: [0, 0.5, 1], lasts: 0.22, notes: [587, 587, 740] },
  low: { starts: [0, 0.6], lasts: 0.26, notes: [523, 440] },
};
const AGAIN_MS = 8000;
const AHEAD_MS = 65000; // browsers let a page that nobody sees work once a minute; what it will sound is laid out before
const PAUSE_MS = 120000;
const DEAD_LINE_MS = 10000; // the page says it sooner; a line that is back by then is no reason to wake anybody
const VOLUME = 0.5;
const EDGE_S = 0.015; // no clicks at the ends of a pulse
const KEPT = "anxin-sound";

const Context = window.AudioContext ?? window.webkitAudioContext;
let context = null;
let wave = null;
let wanted = read() === "on";
let pausedUntil = 0;
let lost = false;
let laid = []; // bursts that were laid out and have not ended: {voice, endsAt}
let nextAt = 0;
let known = new Map();

function read() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // a browser that keeps nothing; then it is chosen anew each time
  }
}

function keep(value) {
  try {
    localStorage.setItem(KEPT, value);
  } catch {
    // as above
  }
}

// ------------------------------------------------------------------ tones

function burst(severity, startsAt) {
  const { starts, lasts, notes } = PULSES[severity] ?? PULSES.low;
  const voice = context.createGain();
  voice.connect(context.destination);
  starts.forEach((start, index) => {
    const from = startsAt + start;
    const tone = context.createOscillator();
    const edge = context.createGain();
    tone.setPeriodicWave(wave);
    tone.frequency.value = notes[index % notes.length];
    edge.gain.setValueAtTime(0, from);
    edge.gain.linearRampToValueAtTime(VOLUME, from + EDGE_S);
    edge.gain.setValueAtTime(VOLUME, from + lasts - EDGE_S);
    edge.gain.linearRampToValueAtTime(0, from + lasts);
    tone.connect(edge).connect(voice);
    tone.start(from);
    tone.stop(from + lasts);
  });
  laid.push({ voice, endsAt: startsAt + starts[starts.length - 1] + lasts });
}

function hush() {
  for (const { voice } of laid) voice.disconnect();
  laid = [];
  nextAt = 0;
}

function sounds() {
  return wanted && context?.state === "running";
}

function once(severity) {
  if (sounds() && performance.now() >= pausedUntil) burst(severity, context.currentTime + 0.05);
}

// ------------------------------------------------------------------ what the page says

function waiting() {
  return new Map([...document.querySelectorAll("[data-alarm][data-waits]")].map((card) => [card.id, card]));
}

function isUrgent(card) {
  return card.dataset.alarm === "high";
}

// What came since the last look sounds once and is said; the gravest stands for all.
function greet(now) {
  const fresh = [...now.values()].filter((card) => !known.has(card.id));
  known = now;
  if (!fresh.length) return;
  if (fresh.some(isUrgent)) pausedUntil = 0;
  const first = ["high", "medium", "low"].find((severity) => fresh.some((card) => card.dataset.alarm === severity)) ?? "low";
  if (first !== "high") once(first); // an urgent one sounds by itself, below
  document.getElementById("said").textContent = fresh
    .map((card) => card.querySelector(".head").innerText.replace(/\s+/g, " "))
    .join(". ");
}

function look() {
  const now = waiting();
  greet(now);
  const urgent = [...now.values()].some(isUrgent);
  if (!urgent || !sounds() || performance.now() < pausedUntil) {
    if (!urgent && !lost) pausedUntil = 0; // the next one is heard
    if (nextAt) hush();
  } else {
    const until = context.currentTime + AHEAD_MS / 1000;
    nextAt = Math.max(nextAt, context.currentTime + 0.05);
    for (; nextAt < until; nextAt += AGAIN_MS / 1000) burst("high", nextAt);
  }
  if (context) laid = laid.filter(({ endsAt }) => endsAt > context.currentTime);
  show(urgent);
}

// ------------------------------------------------------------------ what is said of it

function state(urgent) {
  if (!Context) return "none";
  if (!wanted) return "off";
  if (lost) return "lost";
  if (context?.state !== "running") return "waits";
  if (performance.now() < pausedUntil) return "paused";
  return urgent ? "sounding" : "on";
}

function show(urgent) {
  const panel = document.getElementById("sound");
  if (!panel) return;
  const now = state(urgent);
  panel.hidden = false;
  for (const line of panel.querySelectorAll("[data-when]")) line.hidden = line.dataset.when !== now;
}

// ------------------------------------------------------------------ what people do

async function wake() {
  if (!Context || !wanted) return;
  if (!context) {
    context = new Context();
    const harmonics = new Float32Array([0, 1, 0.6, 0.5, 0.35, 0.2]);
    wave = context.createPeriodicWave(new Float32Array(harmonics.length), harmonics);
    context.addEventListener("statechange", look); // a telephone call takes the sound away, and gives it back
  }
  // Answers only once the browser lets it; a refusal is shown by the state, so nobody waits for it here.
  if (context.state !== "running") context.resume().then(look, look);
  look();
}

const DEEDS = {
  on: async () => {
    wanted = true;
    keep("on");
    await wake();
    await context?.resume();
    once("medium");
    look();
  },
  off: () => {
    wanted = false;
    keep("off");
    hush();
  },
  wake,
  test: () => once("medium"),
  pause: () => {
    pausedUntil = performance.now() + PAUSE_MS;
    hush();
  },
  resume: () => {
    pausedUntil = 0;
  },
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("#sound [data-do]");
  if (!button) return;
  await DEEDS[button.dataset.do]();
  look();
  // The button has gone with its line; the keyboard goes on at the next.
  if (button.closest("[hidden]")) document.querySelector("#sound [data-when]:not([hidden]) button")?.focus();
});
// Any touch of the page is the gesture that browsers wait for.
for (const kind of ["pointerup", "keydown"]) {
  document.addEventListener(kind, () => {
    if (wanted && context?.state !== "running") wake();
  });
}
document.addEventListener("live:swapped", look);
document.addEventListener("live:lost", () => {
  lost = true;
  setTimeout(() => {
    if (lost) once("low"); // whoever relies on the sound hears that it cannot warn
  }, DEAD_LINE_MS);
  look();
});
document.addEventListener("live:back", () => {
  lost = false;
  look();
});

wake();
known = waiting();
look();
setInterval(look, 1000);
