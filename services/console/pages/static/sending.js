// Sends what somebody answers on a page without leaving it: the same fields to the same address as the form alone
// would. Without a line the page stays, says so, and goes on trying until the house has answered; a link that would
// lead into the dark is not followed. It decides nothing: what became of an answer is read from the house's page.

const PATIENCE_MS = 10000; // longer without an answer counts as not sent
const AGAIN_MS = 4000;
const SLOW_MS = 1500; // so long nothing is said: most answers are through by then
const NOT_NOW = [408, 425, 429]; // beside all from 500 on: not refused, only not taken yet
const WITHOUT_A_LINE = ["/visits", "/visits/new"]; // where the worker of the visits stands in

const pulse = document.getElementById("pulse");
const words = { ...pulse?.dataset };
const waiting = []; // what the house has not answered yet, in the order it was said
let isOnItsWay = false;
let timer = null;
let strip = null;
let told = null;
let opensVisits = false;

// ------------------------------------------------------------------ what is said of it

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(className, text, deed) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", deed);
  return made;
}

function pin(className, role, ...inside) {
  const made = element("div", `notice-strip unsent ${className}`, "");
  made.setAttribute("role", role);
  made.append(...inside);
  document.querySelector("header").after(made);
  return made;
}

function show() {
  const said = waiting[0];
  const key = !said ? "" : said.hasFailed ? `${said.what}${said.accepts}` : "on its way";
  if (strip?.dataset.key === key) return;
  strip?.remove();
  strip = null;
  if (!said) return;
  if (said.hasFailed) {
    const text = element("p", "", "");
    text.append(element("b", "", words.unsent), ` ${said.what}`, document.createElement("br"));
    text.append(said.accepts ? words.unsentAccept : words.unsentOther);
    strip = pin("wrong", "alert", text, button("act", words.again, deliver), button("act second", words.giveUp, giveUp));
  } else strip = pin("gap", "status", element("p", "", words.sending));
  strip.dataset.key = key;
}

function tell(text, className) {
  told?.remove();
  told = pin(className, "alert", element("p", "", text));
}

function giveUp() {
  waiting.shift();
  show();
  deliver();
}

// ------------------------------------------------------------------ sending

// Ends a request after so long; browsers of phones that are years old cannot do that of themselves.
export function patience(milliseconds) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
}

// Whether a page is one of the house: where one has to sign in to a network first, others answer in its name.
export function isOurs(page) {
  return page.querySelector("header.top .name") !== null;
}

// The house's answer, as a page. Throws where there is none, or where somebody else answered.
async function post({ to, fields }) {
  const answer = await fetch(to, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { Accept: "text/html" },
    cache: "no-store",
    signal: patience(PATIENCE_MS),
  });
  if (answer.status >= 500 || NOT_NOW.includes(answer.status)) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!isOurs(page)) throw new Error("not the house's");
  return { page, url: answer.url, isDone: answer.ok, isLedOn: answer.redirected };
}

async function deliver() {
  clearTimeout(timer);
  if (isOnItsWay || !waiting.length) return;
  isOnItsWay = true;
  const said = waiting[0];
  const slow = setTimeout(show, SLOW_MS);
  let answer = null;
  try {
    answer = await post(said);
  } catch {
    said.hasFailed = true;
  }
  clearTimeout(slow);
  isOnItsWay = false;
  if (answer === null) {
    document.dispatchEvent(new CustomEvent("sending:failed"));
    timer = setTimeout(deliver, AGAIN_MS);
  } else if (waiting[0] === said) waiting.shift();
  show();
  if (answer === null) return;
  if (waiting.length) deliver();
  else take(said, answer);
}

// ------------------------------------------------------------------ what the house answered

function take(said, { page, url, isDone, isLedOn }) {
  const own = page.querySelector('link[rel="canonical"]')?.getAttribute("href");
  if (!isDone && !own) {
    said.by?.removeAttribute("aria-busy");
    tell(page.querySelector("main [role=alert]")?.textContent.trim() ?? words.unsent, "wrong");
    document.dispatchEvent(new CustomEvent("sending:answered", { detail: null }));
    return;
  }
  const to = new URL(own && !isLedOn ? own : url, location.href);
  if (to.pathname !== location.pathname || document.body.dataset.after === undefined) {
    location.assign(to);
    return;
  }
  if (isDone) clear(said);
  if (said.comesBack) {
    history.replaceState(null, "", to);
    scrollTo({ top: 0, behavior: "instant" });
  }
  // A list that somebody narrowed stays narrowed; it is asked for again as it stands.
  const isThisPage = !isDone || to.href === location.href;
  document.dispatchEvent(new CustomEvent("sending:answered", { detail: isThisPage ? page : null }));
}

// What was written has arrived, and is nobody's draft any more.
function clear({ action }) {
  for (const form of document.forms) {
    if (form.getAttribute("action") !== action) continue;
    form.reset();
    const folded = form.closest("details");
    if (folded) folded.open = false;
  }
}

// ------------------------------------------------------------------ what people do

function isLost() {
  return document.body.classList.contains("line-lost") || navigator.onLine === false || waiting.some((said) => said.hasFailed);
}

function called(form, by) {
  const who = form.closest(".card, .alert-page")?.querySelector(".who")?.innerText;
  return [by?.innerText, who].filter(Boolean).join(" · ").replace(/\s+/g, " ");
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter: by } = event;
  if (event.defaultPrevented) return;
  if (form.method !== "post" || !form.closest("main")) {
    if (isLost()) stay(event);
    return;
  }
  event.preventDefault();
  const action = by?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  const fields = [...new FormData(form)];
  if (by?.name) fields.push([by.name, by.value]);
  const to = new URL(action, location.href).href;
  const key = JSON.stringify([to, fields]);
  if (!waiting.some((said) => said.key === key)) {
    told?.remove();
    by?.setAttribute("aria-busy", "true");
    const comesBack = fields.some(([name]) => name === "back");
    const accepts = new URL(to).pathname.endsWith("/accept");
    waiting.push({ key, to, fields, by, accepts, comesBack, action: form.getAttribute("action"), what: called(form, by) });
  }
  deliver();
});

function stay(event) {
  event.preventDefault();
  tell(words.stays, "gap");
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const to = new URL(link.href);
  const isHere = to.hash && to.pathname === location.pathname && to.search === location.search;
  if (to.origin !== location.origin || isHere || link.target || !isLost()) return;
  if (opensVisits && WITHOUT_A_LINE.includes(to.pathname)) return;
  stay(event);
});

addEventListener("beforeunload", (event) => {
  if (waiting.length) event.preventDefault();
});
addEventListener("online", deliver);
document.addEventListener("live:back", () => {
  told?.remove();
  deliver();
});
navigator.serviceWorker?.getRegistration("/visits").then((worker) => {
  opensVisits = Boolean(worker?.active);
}, () => {});
