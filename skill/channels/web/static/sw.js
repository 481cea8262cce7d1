// With the network gone: tonight's question and the breathing circle, as they were last seen.
"use strict";

const SHELF = "evening";
const KEPT = ["/offline", "/static/page.css", "/breathing.css", "/static/page.js", "/static/icon.svg"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(KEPT)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate" && request.method === "GET" && path !== "/leave") {
    event.waitUntil(caches.open(SHELF).then((shelf) => shelf.add("/offline")).catch(() => {}));
    event.respondWith(fetch(request).catch(() => caches.match("/offline")));
  } else if (KEPT.includes(path)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
