// The visits' pages on a phone: a visit is written down on the phone first and sent then, and what waits is
// shown plainly. Without this script the form goes straight to the house.

const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 300000;
const KEPT_EVERY_MS = 15000; // so often a page from before looks whether the house is there again
const queue = self.visitQueue;
const root = document.getElementById("visits");
const form = document.getElementById("visit-form");
const panel = document.getElementById("waiting");
const state = document.getElementById("waiting-state");
const me = root.dataset.user;
const isKept = root.dataset.kept === "yes";
let wait = FIRST_WAIT_MS;
let timer = 0;
let busy = false;
const PATIENCE_WITH_A_FORM_MS = 3000; // longer than this nobody waits to write down the next visit

function word(name, values = {}) {
  const text = document.querySelector(`#words [data-word="${name}"]`).textContent;
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

function element(tag, text, ...classes) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.classList.add(...classes);
  return made;
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---------------------------------------------------------------- what is shown

function wall(milliseconds, zone) {
  const parts = { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const read = Object.fromEntries(
    new Intl.DateTimeFormat("en", { ...parts, timeZone: zone }).formatToParts(milliseconds).map((part) => [part.type, part.value]),
  );
  return `${read.month}-${read.day} ${read.hour}:${read.minute}`;
}

function reason({ status, field, detail }) {
  if (field === "Idempotency-Key") return word("key");
  if (field === "occurred_at") return word("time");
  if (field === "resident_id" || status === 404) return word("person");
  if (status === 403) return word("right");
  return word("other", { detail });
}

function row(entry) {
  const item = element("li", "", "person-row");
  const said = element("div", "", "said");
  const at = entry.body.occurred_at ? Date.parse(entry.body.occurred_at) : entry.phone_at;
  said.append(element("b", entry.name), element("small", `${wall(at, entry.zone)} · ${entry.service || word("looked")}`));
  item.append(said);
  if (entry.state !== "failed") return item;
  item.classList.add("not-taken");
  said.append(element("span", reason(entry.problem), "why"));
  const doing = element("div", "", "row");
  const edit = element("a", word("edit"), "act", "second");
  edit.href = `/visits/new#${entry.key}`;
  const away = element("button", word("discard"), "act", "quiet");
  away.addEventListener("click", async () => {
    if (!confirm(word("sure"))) return;
    await queue.drop(entry.key);
    await draw();
  });
  doing.append(edit, away);
  said.append(doing);
  return item;
}

async function draw(now = "") {
  const entries = await queue.all();
  const mine = entries.filter((entry) => entry.user === me);
  const waiting = mine.filter((entry) => entry.state === "waiting");
  const failed = mine.length - waiting.length;
  const others = entries.length - mine.length;
  const title = [];
  if (waiting.length) title.push(word("waiting", { count: waiting.length }));
  if (failed) title.push(word("held", { count: failed }));
  document.getElementById("waiting-title").textContent = title.join(" · ");
  const list = document.getElementById("waiting-list");
  list.textContent = "";
  list.append(...mine.map(row));
  const of = document.getElementById("waiting-others");
  of.hidden = !others;
  of.textContent = word("others", { count: others });
  if (now) {
    const isOpen = waiting.length && !isOffered() ? ` ${word("open")}` : "";
    state.textContent = waiting.length && ["sending", "offline", "trouble", "signedout", "another"].includes(now) ? word(now) + isOpen : "";
    if (waiting.length && now === "signedout") {
      const link = element("a", word("signin"), "act", "second");
      link.href = "/sign-in";
      state.append(" ", link);
    }
  }
  panel.hidden = !mine.length && !others;
  return waiting.length;
}

// ---------------------------------------------------------------- sending

async function go() {
  clearTimeout(timer);
  const before = await draw();
  if (before) await draw("sending");
  const result = await queue.flush();
  const left = await draw(result.state);
  if (left && ["offline", "trouble"].includes(result.state)) {
    timer = setTimeout(go, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  } else {
    wait = FIRST_WAIT_MS;
  }
  return result.sent;
}

// After what was sent, and after a page from before, the list shows how it stands now. A form stays: somebody may
// be writing in it.
async function goAndShow(sentElsewhere = 0) {
  wait = FIRST_WAIT_MS;
  const sent = await go();
  const count = sent.length + sentElsewhere;
  if (form) {
    if (count) tellSent(count);
  } else if (count) {
    await isLoaded();
    location.replace(sent.length ? `/visits?recorded=${sent[sent.length - 1].id}` : "/visits");
  } else if (isKept && (await isReachable())) {
    location.reload();
  }
}

// A page that goes on before it is whole is one that never came, to whoever asked for it.
function isLoaded() {
  if (document.readyState === "complete") return Promise.resolve();
  return new Promise((done) => self.addEventListener("load", done, { once: true }));
}

function tellSent(count) {
  const says = document.getElementById("waiting-sent");
  says.textContent = word("sent", { count });
  says.classList.add("good");
  says.hidden = false;
}

async function isReachable() {
  try {
    return (await fetch("/visits/now", { cache: "no-store", redirect: "error" })).status < 500;
  } catch {
    return false;
  }
}

// ---------------------------------------------------------------- the form

// The instant at which a clock in `zone` shows `text`; a time that is shown twice is the first of the two.
function instantOf(text, zone) {
  const shown = Date.parse(`${text}Z`);
  const offset = (at) => {
    const read = Object.fromEntries(
      new Intl.DateTimeFormat("en-US", {
        timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
      })
        .formatToParts(at)
        .map((part) => [part.type, Number(part.value)]),
    );
    return Date.UTC(read.year, read.month - 1, read.day, read.hour, read.minute, read.second) - at;
  };
  const day = 86400000;
  const tries = [shown - offset(shown - day), shown - offset(shown + day)];
  const first = tries.find((at) => at + offset(at) === shown) ?? Math.max(...tries);
  return `${new Date(first).toISOString().slice(0, 19)}Z`;
}

function written() {
  const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
  const { key, at, ...body } = fields;
  const chosen = form.elements.resident_id.selectedOptions[0];
  const zone = chosen.dataset.zone;
  if (at) body.occurred_at = instantOf(at, zone);
  const service = form.querySelector("[name=service]:checked").closest("label").textContent.trim();
  return { key, user: me, state: "waiting", name: chosen.dataset.name, zone, service, at: at ?? "", phone_at: Date.now(), body };
}

function fresh() {
  form.reset();
  form.elements.key.value = newKey();
  form.elements.resident_id.value = "";
}

// While a visit is on its way nothing can be written: the form is emptied when it is settled.
function rest(isBusy) {
  busy = isBusy;
  for (const control of form.elements) control.disabled = isBusy;
}

async function take(event) {
  event.preventDefault();
  if (busy) return;
  busy = true;
  const entry = written();
  try {
    await queue.put(entry);
  } catch {
    form.submit(); // a browser that keeps nothing: straight to the house, under the same key
    return;
  }
  const replaced = location.hash.slice(1);
  if (replaced && replaced !== entry.key) await queue.drop(replaced);
  history.replaceState(null, "", "/visits/new");
  rest(true);
  const going = go();
  const sent = await Promise.race([going, new Promise((late) => setTimeout(late, PATIENCE_WITH_A_FORM_MS, null))]);
  if (!sent) {
    going.then((later) => later.length && tellSent(later.length));
    makeReady();
    return;
  }
  const own = sent.find((each) => each.key === entry.key);
  if (own || !(await queue.all()).some((each) => each.key === entry.key)) {
    rest(false); // whoever comes back to this page finds an empty form that works
    fresh();
    location.assign(own ? `/visits?recorded=${own.id}` : "/visits"); // another tab may have been quicker
    return;
  }
  makeReady();
}

// It is kept on the phone: the next one can be written.
function makeReady() {
  callLater();
  rest(false);
  fresh();
  document.getElementById("waiting-title").focus();
}

// A visit that was not taken comes back into the form, as a new one; the old one goes when this one is kept.
async function fillIn() {
  const wanted = new URLSearchParams(location.search).get("resident");
  if (wanted) form.elements.resident_id.value = wanted;
  if (isKept) form.elements.key.value = newKey();
  const old = (await queue.all()).find((entry) => entry.key === location.hash.slice(1) && entry.user === me && entry.state === "failed");
  if (!old) return;
  form.elements.resident_id.value = old.body.resident_id;
  form.elements.note.value = old.body.note ?? "";
  form.elements.at.value = old.at || new Date(old.phone_at - new Date(old.phone_at).getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  form.querySelector("details").open = true;
  for (const choice of form.elements.service) choice.checked = choice.value === (old.body.service ?? "");
  if (form.elements.worker_id) form.elements.worker_id.value = old.body.worker_id ?? "";
}

// ---------------------------------------------------------------- the worker

function isOffered() {
  return Boolean(navigator.serviceWorker?.controller);
}

function callLater() {
  navigator.storage?.persist?.();
  navigator.serviceWorker?.getRegistration("/visits").then((worker) => worker?.sync?.register("visits")).catch(() => {});
}

async function offer() {
  if (!("serviceWorker" in navigator) || !self.isSecureContext) return;
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data === "kept") {
      const says = document.getElementById("opens-offline");
      says.textContent = word("kept");
      says.hidden = false;
    } else {
      goAndShow(data.sent);
    }
  });
  await navigator.serviceWorker.register("/offline.js", { scope: "/visits" });
  const worker = await navigator.serviceWorker.ready;
  if (!isKept) worker.active.postMessage("keep");
}

self.addEventListener("online", () => goAndShow());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && goAndShow());
if (form) {
  form.addEventListener("submit", take);
  self.addEventListener("hashchange", fillIn); // a visit of this very page is to be changed
  await fillIn();
}
offer().catch(() => {});
// A page from before does not ask for itself at once: on a line that is too slow it would never come to rest.
if (isKept) {
  go();
  setInterval(() => goAndShow(), KEPT_EVERY_MS);
} else {
  goAndShow();
}
