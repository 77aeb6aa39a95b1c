// Whoever comes to sign in is not signed in: what this phone kept of the visits' pages is forgotten. Visits that
// wait to be sent are kept; only their owner sees and sends them.

if ("caches" in self) {
  navigator.serviceWorker?.getRegistration("/visits").then((worker) => worker?.active?.postMessage("forget"));
  for (const name of await caches.keys()) if (name.startsWith("anxin-visits-pages-")) await caches.delete(name);
}
