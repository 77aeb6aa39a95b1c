// Opens the two visits' pages without a line. It has their addresses alone for its scope: the board and the alert
// pages never pass here and never come from a cache. The house writes EDITION and FILES before this text.
"use strict";

importScripts(FILES.find((address) => address.endsWith("/queue.js")));

const PREFIX = "anxin-visits-";
const OF_FILES = `${PREFIX}files-${EDITION}`;
const OF_PAGES = `${PREFIX}pages-${EDITION}`;
const PAGES = ["/visits", "/visits/new"];
const FRESH_MS = 60000; // pages that were kept so lately are not fetched again
const KEPT_AT = "X-Kept-At";
const PATIENCE_MS = 6000; // so long a weak line is waited for before what is kept is shown
let turn = 0; // grows when all is forgotten: a page that was still on its way then is not kept

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(OF_FILES)
      .then((kept) => kept.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(replaceOlder());
});

async function replaceOlder() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== OF_FILES && name !== OF_PAGES) await caches.delete(name);
  }
  await self.clients.claim();
  await keep();
}

async function forget() {
  turn += 1;
  await caches.delete(OF_PAGES);
}

// Both pages or none, of one person, marked as kept. A house that asks to sign in has nobody's pages to keep.
async function keep() {
  const now = turn;
  try {
    if (await isFresh()) return true;
    const answers = await Promise.all(PAGES.map((page) => fetch(page, { headers: { Accept: "text/html" }, cache: "no-store" })));
    if (answers.some((answer) => answer.redirected || answer.status === 403)) {
      await forget();
      return false;
    }
    if (answers.some((answer) => !answer.ok)) return false;
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    const users = texts.map((text) => /data-user="([^"]*)"/.exec(text)?.[1]);
    if (!users[0] || users[0] !== users[1] || now !== turn) return false;
    const kept = await caches.open(OF_PAGES);
    for (const [number, page] of PAGES.entries()) {
      const headers = new Headers(answers[number].headers);
      headers.delete("Content-Length");
      headers.delete("Content-Encoding");
      headers.set(KEPT_AT, Date.now());
      await kept.put(page, new Response(texts[number].replace('data-kept="no"', 'data-kept="yes"'), { headers }));
    }
    if (now !== turn) await caches.delete(OF_PAGES);
    return now === turn;
  } catch {
    return false;
  }
}

async function isFresh() {
  const kept = await (await caches.open(OF_PAGES)).match(PAGES[PAGES.length - 1]);
  return Boolean(kept) && Math.abs(Date.now() - Number(kept.headers.get(KEPT_AT))) < FRESH_MS;
}

async function page(request, path) {
  const fresh = fetch(request);
  const kept = await caches.open(OF_PAGES).then((pages) => pages.match(path));
  if (!kept) return fresh;
  const patience = new Promise((done) => setTimeout(done, PATIENCE_MS, kept));
  const answer = await Promise.race([fresh.catch(() => kept), patience]);
  return answer.status >= 500 ? kept : answer; // a house that is starting again, behind a proxy that is not
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && PAGES.includes(address.pathname)) {
    event.respondWith(page(request, address.pathname));
  } else if (FILES.includes(address.pathname)) {
    event.respondWith(caches.match(address.pathname).then((kept) => kept ?? fetch(request)));
  }
});

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(forget());
  if (event.data === "keep") event.waitUntil(keep().then((done) => done && event.source.postMessage("kept")));
});

// The browser calls when the line is back, even with no page open. What could not go makes it call again.
self.addEventListener("sync", (event) => {
  if (event.tag !== "visits") return;
  event.waitUntil(
    self.visitQueue.flush().then(async ({ state, sent }) => {
      for (const client of await self.clients.matchAll()) client.postMessage({ sent: sent.length });
      if (state === "offline" || state === "trouble") throw new Error(state);
    }),
  );
});
