// Answers for the guide, the activities and Help when the network does not. Registered for these three addresses
// alone, so that no other page passes through here; what the network answers is handed on and never kept.
"use strict";
importScripts("/static/js/kept.js");

const PUBLIC =
  /^\/(?:guide(?:\/\d+){0,2}(?:\/(?:page|workshop|circle|exercises))?|guide\/(?:keep|search|letters|print|\d+\/print)|activities(?:\/[\w-]+)?|help)$/;
const AWAY = "/guide/keep/away";
const PATIENCE = 8000; // milliseconds for a network that is there and brings nothing
const AN_HOUR = 3600 * 1000; // milliseconds
const DOWN = [502, 503, 504];
let lookedAt = 0;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const address = new URL(url);
  if (method !== "GET" || address.origin !== location.origin) return;
  if (mode === "navigate" && PUBLIC.test(address.pathname)) event.respondWith(page(event, address));
  else if (address.pathname.startsWith("/static/")) event.respondWith(part(event.request));
});

async function page(event, address) {
  const network = fetch(event.request);
  const answer = await Promise.race([network, late()]).catch(() => null);
  if (!answer || DOWN.includes(answer.status)) return (await keptPage(address)) || network;
  event.waitUntil(lookForNews());
  return answer;
}

function late() {
  return new Promise((done) => setTimeout(done, PATIENCE, null));
}

// A choice among the activities stands behind the “?” and takes the network.
async function keptPage(address) {
  const whole = await kept.whole();
  if (!whole) return undefined;
  const path = address.pathname === "/activities" && address.search ? AWAY : address.pathname;
  return (await kept.find(whole, path)) || kept.find(whole, AWAY);
}

async function part(request) {
  return (await caches.match(request)) || fetch(request);
}

async function lookForNews() {
  if (Date.now() - lookedAt < AN_HOUR) return;
  lookedAt = Date.now();
  await kept.renew(null).catch(() => {}); // no network or no room: what is kept stays, and the next visit goes on
}
