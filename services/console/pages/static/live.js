// Keeps an open page true. It listens to the stream from the cursor in <body data-after>, asks for the page's own
// address again when something moved, and lets `swapping` put in what is new. It says so plainly when the line is
// lost, and mends it by itself. It decides nothing: without it the page shows what it was served.

import { now as nowThere, setClock } from "./countdown.js";
import { isOurs, patience } from "./sending.js";
import { remember, swap } from "./swapping.js";

const COALESCE_MS = 150; // what comes in one breath is asked for once
const BREATH = 2; // after an answer that took long, rest this many times as long: a busy house is not pressed harder
const LONGEST_BREATH_MS = 5000;
const ANSWER_MS = 15000; // a page that takes longer counts as lost
const POLL_MS = 30000; // asks without being told as well: a change may go unsaid
const POLL_WITHOUT_STREAM_MS = 5000;
const SILENCE_MS = 25000; // the house says something every 10 s; two beats missed are a dead line
const REOPEN_MS = 3000; // a browser gives up by itself on a refusal; this does not
const BANNER_MS = 3000; // of loss, before it stands across the page
const HELD_MS = 2000; // a finger on the glass: what it is on does not change under it, this long at most
const SETTLED_MS = 60000; // two releases that answer by turns must not make a page reload without end
const LIFTED_MS = 100; // the click comes a moment after the finger has gone

const body = document.body;
const pulse = document.getElementById("pulse");
const words = { live: "live", lost: "connection lost, trying again", ...pulse?.dataset };
const always = body.dataset.live === "always"; // others let go of their stream while nobody sees them: a browser has six

let after = body.dataset.after;
let stream = null;
let heardAt = Date.now(); // when the house was last heard
let trueAt = Date.now(); // when what stands here was last known to be so
let lostAt = null;
let banner = null;
let streams = false; // whether the stream is up
let answers = true; // whether the last page came: only then is what stands here known to be so
let owing = false; // something moved that this page does not show yet
let asking = false;
let timer = null;
let askedAt = 0;
let restedAt = 0; // when it may be asked again after the last answer, whatever the machine's clock does
let heldAt = -HELD_MS;
let turn = 0; // grows with each answer that came otherwise: a page that was asked for before it is older
let isStill = false; // stands as it was answered, until somebody does something

// ------------------------------------------------------------------ what is said about the line

// In the time of the house: neither this machine's zone nor its clock need be right.
function clock(at) {
  const there = new Date(at + nowThere() - Date.now());
  const zone = words.zone ? { timeZone: words.zone } : {};
  return there.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...zone });
}

function say(text) {
  return (text ?? words.lost).replace("{since}", clock(lostAt)).replace("{seen}", clock(trueAt));
}

function show() {
  const lost = !answers;
  if (lost && lostAt === null) {
    lostAt = Date.now();
    document.dispatchEvent(new CustomEvent("live:lost"));
  } else if (!lost && lostAt !== null) {
    lostAt = null;
    banner?.remove();
    banner = null;
    document.dispatchEvent(new CustomEvent("live:back"));
  }
  if (pulse) {
    const text = lost ? say(words.since ?? `${words.lost} · {since}`) : streams ? words.live : (words.slow ?? words.live);
    pulse.hidden = false;
    pulse.className = `pulse ${lost ? "lost" : "live"}`;
    if (pulse.textContent !== text) pulse.textContent = text;
  }
  body.classList.toggle("line-lost", lost);
  if (lost && Date.now() - lostAt >= BANNER_MS) raise();
}

function raise() {
  if (!banner) {
    banner = document.createElement("p");
    banner.className = "notice-strip wrong line-banner";
    banner.setAttribute("role", "alert");
    document.querySelector("header")?.after(banner);
  }
  const text = say(words.banner ?? `${words.lost} · {since}`);
  if (banner.textContent !== text) banner.textContent = text;
}

// ------------------------------------------------------------------ asking for the page

function soon(wait = Math.max(COALESCE_MS, restedAt - performance.now())) {
  owing = true;
  if (timer !== null || asking) return;
  // Browsers let timers of a page that nobody sees run once a minute; an alarm does not wait for that.
  if (document.hidden && always) ask();
  else timer = setTimeout(ask, wait);
}

async function ask() {
  timer = null;
  if (asking || isStill) return;
  const held = heldAt + HELD_MS - performance.now();
  if (held > 0) {
    soon(Math.min(held, COALESCE_MS));
    return;
  }
  asking = true;
  owing = false;
  askedAt = Date.now();
  const began = performance.now();
  const before = turn;
  try {
    const answer = await fetch(location.href, {
      headers: { Accept: "text/html" },
      cache: "no-store",
      signal: patience(ANSWER_MS),
    });
    if (answer.redirected) {
      location.assign(answer.url); // the session is over, or the page has moved
      return;
    }
    if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    if (!answer.ok) {
      location.reload(); // what stood here is no longer for whoever looks
      return;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!isOurs(fresh)) throw new Error("somebody else answered"); // a hotel's sign-in page is no page of the house
    if (before === turn) take(fresh);
    else owing = true;
    answers = true;
  } catch {
    answers = false;
    owing = true;
  } finally {
    asking = false;
    restedAt = performance.now() + Math.min((performance.now() - began) * BREATH, LONGEST_BREATH_MS);
  }
  show();
  if (owing && answers) soon();
}

function take(fresh) {
  if (isOfAnotherRelease(fresh) && performance.now() > SETTLED_MS && !isWritten()) {
    location.reload();
    return;
  }
  if (fresh.body.dataset.now) setClock(fresh.body.dataset.now);
  // A page that waited for something asks often no more when it is whole.
  if (fresh.body.dataset.every) body.dataset.every = fresh.body.dataset.every;
  else delete body.dataset.every;
  if (!swap(fresh)) owing = true;
  else trueAt = askedAt;
  if (document.title !== fresh.title) document.title = fresh.title;
  const before = Number(after);
  after = fresh.body.dataset.after ?? after;
  body.dataset.after = after;
  if (Number(after) < before) listen(); // the house was restored from an older copy
  document.dispatchEvent(new CustomEvent("live:swapped"));
}

function isOfAnotherRelease(fresh) {
  const script = [...fresh.scripts].find((each) => each.getAttribute("src")?.endsWith("/live.js"));
  return script !== undefined && new URL(script.getAttribute("src"), location.href).href !== import.meta.url;
}

function isWritten() {
  return [...document.querySelectorAll("input:not([type=hidden]), textarea")].some((each) => each.value !== each.defaultValue);
}

// ------------------------------------------------------------------ listening

function heard(event) {
  heardAt = Date.now();
  streams = true;
  if (event.type === "beat") setClock(JSON.parse(event.data).at);
  if (!owing && !asking && answers) trueAt = heardAt;
  show();
}

function listen() {
  stream?.close();
  stream = new EventSource(`/api/v1/stream?after=${after}&looks=true`);
  stream.addEventListener("beat", heard);
  for (const kind of ["open", "change", "look"]) {
    stream.addEventListener(kind, (event) => {
      owing = true;
      heard(event);
      soon();
    });
  }
  stream.addEventListener("error", () => {
    streams = false;
    soon(COALESCE_MS); // says whether it is the line, the house or the session
  });
}

// Nothing was heard for too long: the line counts as lost until a page comes.
function deaf() {
  heardAt = Date.now();
  streams = false;
  answers = false;
  listen();
  soon(0);
}

// What was waited for would be waited for until the machine's clock has caught up.
function clockSetBack(now) {
  heardAt = now;
  askedAt = 0;
  if (lostAt !== null) lostAt = Math.min(lostAt, now);
  listen();
}

function watch() {
  const now = Date.now();
  const rests = document.hidden && !always;
  if (rests) return;
  if (now < Math.max(heardAt, askedAt)) clockSetBack(now);
  if (streams && now - heardAt > SILENCE_MS) deaf();
  else if (stream.readyState === EventSource.CLOSED && now - heardAt > REOPEN_MS) {
    heardAt = now;
    listen();
  }
  const every = Math.max(Number(body.dataset.every) || POLL_MS, 1000);
  const rest = streams && answers ? every : Math.min(every, POLL_WITHOUT_STREAM_MS);
  if (now - askedAt >= rest) soon(0);
  show();
}

// A phone that slept, a page that comes back into sight, a line that came back: what stands here may be old, and
// the stream dead without a word.
function wake() {
  if (Date.now() - heardAt > SILENCE_MS / 2 || stream.readyState === EventSource.CLOSED) {
    heardAt = Date.now();
    listen();
  }
  soon(0);
}

function start() {
  listen();
  setInterval(watch, 1000);
  addEventListener("online", wake);
  addEventListener("offline", () => {
    answers = false;
    show();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) wake();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) wake();
    else if (!always) stream.close();
  });
}

document.addEventListener("pointerdown", () => {
  heldAt = performance.now();
});
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    heldAt = performance.now() - HELD_MS + LIFTED_MS;
  });
}

// An answer that was sent brings the page as it is now, or only the word that it has changed.
document.addEventListener("sending:answered", ({ detail: fresh }) => {
  turn += 1;
  if (fresh) {
    askedAt = Date.now();
    answers = true;
    take(fresh);
    show();
    // What somebody had written and could not be kept stands there to be read, as the page of the form would.
    isStill = fresh.body.dataset.after === undefined;
    if (isStill) delete body.dataset.after;
  }
  if (after !== undefined) soon(0);
});
document.addEventListener("sending:failed", () => {
  if (after !== undefined) soon(0);
});

remember();
if (after !== undefined) start();
