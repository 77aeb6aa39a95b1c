// Visits that wait on this phone, and how they go: each under its own Idempotency-Key, so that however often one
// is sent, from whichever tab or worker, it is recorded once. It never sends what another user wrote, never
// drops an entry that the house has not taken or its owner has not thrown away, and asks the house for the time
// rather than trust the phone's.
"use strict";

self.visitQueue = (() => {
  const PATIENCE_MS = 20000; // a weak network answers within this, or not at all
  const FINAL = (status) => status >= 400 && status < 500 && ![401, 408, 409, 425, 429].includes(status);

  function opened() {
    return new Promise((done, failed) => {
      const request = indexedDB.open("anxin-visits", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("visits", { keyPath: "key" });
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
  }

  // One transaction; `work` may ask on within it. Strict: on the disk, not on its way there, when it resolves.
  async function within(mode, work) {
    const database = await opened();
    try {
      return await new Promise((done, failed) => {
        const transaction = database.transaction("visits", mode, { durability: "strict" });
        const answer = {};
        transaction.oncomplete = () => done(answer.value);
        transaction.onerror = transaction.onabort = () => failed(transaction.error);
        work(transaction.objectStore("visits"), answer);
      });
    } finally {
      database.close();
    }
  }

  const all = () =>
    within("readonly", (store, answer) => {
      store.getAll().onsuccess = (event) => (answer.value = event.target.result);
    }).then((entries) => entries.sort((one, other) => one.phone_at - other.phone_at));

  const put = (entry) => within("readwrite", (store) => store.put(entry));
  const drop = (key) => within("readwrite", (store) => store.delete(key));

  // What another tab has sent and dropped meanwhile stays dropped: then there is nothing to change.
  const change = (key, changed) =>
    within("readwrite", (store, answer) => {
      store.get(key).onsuccess = (event) => {
        if (!event.target.result) return;
        answer.value = changed(event.target.result);
        store.put(answer.value);
      };
    });

  async function asked(address, options = {}) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      return await fetch(address, { ...options, redirect: "error", cache: "no-store", signal: patience.signal });
    } finally {
      clearTimeout(timer);
    }
  }

  async function said(answer) {
    const type = answer.headers.get("Content-Type") ?? "";
    return type.includes("json") ? answer.json() : null; // anything else is not the house: a portal, a proxy
  }

  // Who is signed in and what time it is there. The answer is a little old when it comes: the phone's time is
  // corrected to a little too early, never ahead.
  async function askHouse() {
    const answer = await asked("/visits/now", { headers: { Accept: "application/json" } });
    const phoneNow = Date.now();
    const house = await said(answer);
    if (answer.status === 401) return { state: "signedout" };
    if (!answer.ok || !house?.now) return { state: "trouble" };
    const now = Date.parse(house.now);
    return { state: "known", user: house.user, now, ahead: now - phoneNow };
  }

  // The instant is worked out once and kept, so that each further try says the very same.
  function timed(entry, house) {
    if (entry.body.occurred_at) return entry;
    const instant = new Date(Math.min(entry.phone_at + house.ahead, house.now));
    return { ...entry, body: { ...entry.body, occurred_at: `${instant.toISOString().slice(0, 19)}Z` } };
  }

  async function sendOne(entry, house) {
    const ready = await change(entry.key, (kept) => timed(kept, house));
    if (!ready) return {}; // another tab was quicker
    const answer = await asked("/api/v1/visits", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": ready.key, "Anxin-User": ready.user },
      body: JSON.stringify(ready.body),
    });
    const text = await said(answer);
    if (answer.status === 201 && text?.id) {
      await drop(ready.key);
      return { sent: { key: ready.key, id: text.id } };
    }
    if (answer.status === 401) return { state: "signedout" };
    if (text?.code === "another_user") return { state: "another" };
    if (!text?.code || !FINAL(answer.status)) return { state: "trouble" };
    const problem = { status: answer.status, field: text.errors?.[0]?.field ?? "", detail: text.detail };
    await change(ready.key, (kept) => ({ ...kept, state: "failed", problem }));
    return {};
  }

  async function send() {
    const sent = [];
    const waiting = (await all()).filter((entry) => entry.state === "waiting");
    if (!waiting.length) return { state: "empty", sent };
    try {
      const house = await askHouse();
      if (house.state !== "known") return { state: house.state, sent };
      for (const entry of waiting.filter((each) => each.user === house.user)) {
        const result = await sendOne(entry, house);
        if (result.sent) sent.push(result.sent);
        if (result.state) return { state: result.state, sent };
      }
      return { state: "done", sent, user: house.user };
    } catch {
      return { state: "offline", sent };
    }
  }

  // One at a time over all tabs, where the browser can; where it cannot, the keys keep it to once.
  const flush = () => (self.navigator.locks ? navigator.locks.request("anxin-visits", send) : send());

  return { all, put, drop, change, flush };
})();
